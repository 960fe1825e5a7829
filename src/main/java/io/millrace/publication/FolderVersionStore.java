package io.millrace.publication;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Versions in a folder: {@code N/} is the artifact, {@code N.json} its description, {@code
 * N.announced} says that the broker has the announcement. The description is written first and
 * outlives the artifact, so numbers are never given twice; a description without an artifact that
 * was never announced is what a crash left, and is removed before the next number is given.
 *
 * <p>Opening and reading change nothing, so a standby may look on while another instance writes.
 */
public final class FolderVersionStore implements VersionStore {

  private static final Logger LOG = Logger.getLogger(FolderVersionStore.class);

  private final Path root;
  private boolean cleanedUp;

  /**
   * @param root the folder of the model's versions; made if absent
   */
  public FolderVersionStore(Path root) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
  }

  @Override
  public synchronized long nextNumber() {
    cleanUpOnce();
    List<Long> numbers = numbers();
    return numbers.isEmpty() ? 1 : last(numbers) + 1;
  }

  @Override
  public synchronized ModelVersion add(
      long number,
      DurableFolder.Contents artifact,
      Function<List<ArtifactFile>, ModelVersion> describe)
      throws IOException {
    if (number != nextNumber()) {
      throw new IllegalArgumentException(
          "the next version in %s is %d, not %d".formatted(root, nextNumber(), number));
    }
    ModelVersion[] version = new ModelVersion[1];
    try {
      DurableFolder.write(
          folder(number),
          aside -> {
            artifact.fill(aside);
            version[0] = describe.apply(files(aside));
            DurableFolder.writeFile(description(number), Json.MAPPER.writeValueAsBytes(version[0]));
          });
    } catch (IOException | RuntimeException e) {
      if (!Files.isDirectory(folder(number))) {
        Files.deleteIfExists(description(number)); // or the number would count as given
      }
      throw e;
    }
    return version[0];
  }

  @Override
  public List<ModelVersion> list() {
    return present().stream().map(this::described).toList();
  }

  @Override
  public Optional<ModelVersion> current() {
    List<Long> present = present();
    return present.isEmpty() ? Optional.empty() : Optional.of(described(last(present)));
  }

  @Override
  public List<ModelVersion> unannounced() {
    return present().stream()
        .filter(number -> !Files.exists(announced(number)))
        .map(this::described)
        .toList();
  }

  @Override
  public void markAnnounced(long version) throws IOException {
    DurableFolder.writeFile(announced(version), new byte[0]);
  }

  @Override
  public synchronized void prune(int keep) {
    List<Long> present = present();
    for (long number : present.subList(0, Math.max(0, present.size() - Math.max(1, keep)))) {
      if (Files.exists(announced(number))) {
        try {
          DurableFolder.remove(folder(number));
        } catch (IOException e) {
          LOG.warnf("old version %d is not removed yet, the next prune tries again: %s", number, e);
        }
      }
    }
  }

  @Override
  public Path folder(long version) {
    return root.resolve(Long.toString(version));
  }

  @Override
  public Optional<Path> file(long version, String name) {
    if (!Files.isDirectory(folder(version))) {
      return Optional.empty();
    }
    return described(version).files().stream()
        .filter(file -> file.name().equals(name))
        .map(file -> folder(version).resolve(file.name()))
        .findAny();
  }

  @Override
  public void verify(ModelVersion version) throws IOException {
    for (ArtifactFile file : version.files()) {
      Path path = folder(version.version()).resolve(file.name());
      if (!Files.exists(path)) {
        throw new IOException(path + " is missing");
      }
      if (Files.size(path) != file.size()) {
        throw new IOException(
            "%s is damaged: expected %d bytes, found %d"
                .formatted(path, file.size(), Files.size(path)));
      }
      String found = DurableFolder.sha256(path);
      if (!found.equals(file.sha256())) {
        throw new IOException(
            "%s is damaged: expected sha256 %s, found %s".formatted(path, file.sha256(), found));
      }
    }
  }

  /** Not when the store is opened: that may be a standby's, while the owner writes. */
  private void cleanUpOnce() {
    if (cleanedUp) {
      return;
    }
    try {
      DurableFolder.deleteLeftovers(root);
      for (long number : numbers()) {
        if (!Files.isDirectory(folder(number)) && !Files.exists(announced(number))) {
          Files.delete(description(number));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be cleaned up: " + e, e);
    }
    cleanedUp = true;
  }

  private static List<ArtifactFile> files(Path folder) throws IOException {
    List<ArtifactFile> files = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.sorted().toList()) {
        files.add(
            new ArtifactFile(
                path.getFileName().toString(), Files.size(path), DurableFolder.sha256(path)));
      }
    }
    return files;
  }

  private static long last(List<Long> numbers) {
    return numbers.get(numbers.size() - 1);
  }

  /** Numbers of the versions whose files are here, ascending. */
  private List<Long> present() {
    return numbers().stream().filter(number -> Files.isDirectory(folder(number))).toList();
  }

  /** Every number ever given, ascending. */
  private List<Long> numbers() {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,18}\\.json"))
          .map(name -> Long.valueOf(name.substring(0, name.length() - ".json".length())))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e, e);
    }
  }

  private ModelVersion described(long number) {
    try {
      return Json.MAPPER.readValue(description(number).toFile(), ModelVersion.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(
          description(number) + " does not describe a version: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(description(number) + " cannot be read: " + e, e);
    }
  }

  private Path description(long number) {
    return root.resolve(number + ".json");
  }

  private Path announced(long number) {
    return root.resolve(number + ".announced");
  }
}
