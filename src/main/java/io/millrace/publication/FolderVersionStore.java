package io.millrace.publication;

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

/**
 * Versions in a folder: {@code N/} is the artifact, {@code N.json} its description, {@code
 * N.announced} says that the broker has the announcement. The description is written first and
 * outlives the artifact, so numbers are never given twice; a description without an artifact that
 * was never announced is what a crash left, and is removed.
 */
public final class FolderVersionStore implements VersionStore {

  private final Path root;

  /**
   * @param root the folder of the model's versions
   */
  public FolderVersionStore(Path root) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
    DurableFolder.deleteLeftovers(root);
    for (long number : numbers()) {
      if (!Files.isDirectory(folder(number)) && !Files.exists(announced(number))) {
        Files.delete(description(number));
      }
    }
  }

  @Override
  public long nextNumber() {
    List<Long> numbers = numbers();
    return numbers.isEmpty() ? 1 : numbers.get(numbers.size() - 1) + 1;
  }

  @Override
  public ModelVersion add(
      long number,
      DurableFolder.Contents artifact,
      Function<List<ArtifactFile>, ModelVersion> describe)
      throws IOException {
    ModelVersion[] version = new ModelVersion[1];
    DurableFolder.write(
        folder(number),
        aside -> {
          artifact.fill(aside);
          version[0] = describe.apply(files(aside));
          DurableFolder.writeFile(description(number), Json.MAPPER.writeValueAsBytes(version[0]));
        });
    return version[0];
  }

  @Override
  public List<ModelVersion> list() {
    return numbers().stream()
        .filter(number -> Files.isDirectory(folder(number)))
        .map(this::described)
        .toList();
  }

  @Override
  public Optional<ModelVersion> current() {
    List<ModelVersion> all = list();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  @Override
  public List<ModelVersion> unannounced() {
    return list().stream().filter(version -> !Files.exists(announced(version.version()))).toList();
  }

  @Override
  public void markAnnounced(long version) throws IOException {
    DurableFolder.writeFile(announced(version), new byte[0]);
  }

  @Override
  public void prune(int keep) throws IOException {
    List<ModelVersion> all = list();
    for (ModelVersion version : all.subList(0, Math.max(0, all.size() - keep))) {
      if (Files.exists(announced(version.version()))) {
        DurableFolder.delete(folder(version.version()));
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
      String found = Files.exists(path) ? DurableFolder.sha256(path) : "no file";
      if (!found.equals(file.sha256())) {
        throw new IOException(
            "%s is damaged: expected sha256 %s, found %s".formatted(path, file.sha256(), found));
      }
    }
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

  private List<Long> numbers() {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,18}\\.json"))
          .map(name -> Long.valueOf(name.substring(0, name.length() - ".json".length())))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed", e);
    }
  }

  private ModelVersion described(long number) {
    try {
      return Json.MAPPER.readValue(description(number).toFile(), ModelVersion.class);
    } catch (IOException e) {
      throw new UncheckedIOException(description(number) + " cannot be read", e);
    }
  }

  private Path description(long number) {
    return root.resolve(number + ".json");
  }

  private Path announced(long number) {
    return root.resolve(number + ".announced");
  }
}
