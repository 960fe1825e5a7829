package io.millrace.publication;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Versions in a folder. {@code NUMBER-TERM/} is the artifact, {@code NUMBER-TERM.json} its
 * description, {@code NUMBER-TERM.announced} says that the broker has the announcement, {@code
 * rolled-back.json} is the last roll-back. Description and mark outlive the artifact, so numbers
 * are never given twice.
 *
 * <p>Opening and reading change nothing, so a standby may look on while another instance writes.
 */
public final class FolderVersionStore implements VersionStore {

  private static final Logger LOG = Logger.getLogger(FolderVersionStore.class);
  private static final String DESCRIPTION = ".json";
  private static final String MARK = ".announced";
  private static final String ROLLED_BACK = "rolled-back.json";

  private final Path root;

  /**
   * @param root the folder of the model's versions; made if absent
   */
  public FolderVersionStore(Path root) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
  }

  @Override
  public synchronized ModelVersion add(
      long number,
      long term,
      DurableFolder.Contents artifact,
      Function<List<ArtifactFile>, ModelVersion> describe)
      throws IOException {
    Key key = new Key(number, term);
    ModelVersion[] version = new ModelVersion[1];
    DurableFolder.write(
        folder(key),
        aside -> {
          artifact.fill(aside);
          version[0] = describe.apply(files(aside));
          DurableFolder.writeFile(
              file(key, DESCRIPTION), Json.MAPPER.writeValueAsBytes(version[0]));
        });
    return version[0];
  }

  @Override
  public List<ModelVersion> list() {
    return present().stream().map(this::described).toList();
  }

  @Override
  public Optional<ModelVersion> current() {
    List<Key> present = present();
    if (present.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        described(rolledBackTo().filter(present::contains).orElseGet(() -> last(present))));
  }

  @Override
  public synchronized void markCurrent(RolledBack rolledBack) throws IOException {
    byte[] json = Json.MAPPER.writeValueAsBytes(rolledBack);
    Path file = root.resolve(ROLLED_BACK);
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), json)) {
      DurableFolder.writeFile(file, json);
    }
  }

  /** Empty where nothing was rolled back, or a later version was announced since. */
  private Optional<Key> rolledBackTo() {
    Path file = root.resolve(ROLLED_BACK);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      RolledBack last = Json.MAPPER.readValue(file.toFile(), RolledBack.class);
      return lastNumber() > last.lastVersion()
          ? Optional.empty()
          : Optional.of(new Key(last.version(), last.term()));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e, e);
    }
  }

  @Override
  public long lastNumber() {
    List<Key> announced = keys(MARK);
    return announced.isEmpty() ? 0 : last(announced).number();
  }

  @Override
  public void markAnnounced(ModelVersion version) throws IOException {
    Path mark = file(new Key(version.version(), version.term()), MARK);
    if (!Files.exists(mark)) {
      DurableFolder.writeFile(mark, new byte[0]);
    }
  }

  @Override
  public synchronized void removeUnannounced() throws IOException {
    DurableFolder.deleteLeftovers(root);
    for (Key key : keys(DESCRIPTION)) {
      if (!Files.exists(file(key, MARK))) {
        LOG.infof("version %s was never announced, it is removed", key);
        DurableFolder.remove(folder(key));
        Files.deleteIfExists(file(key, DESCRIPTION));
      }
    }
  }

  @Override
  public synchronized void prune(int keep) {
    List<Key> present = present();
    Optional<Key> current = rolledBackTo();
    for (Key key : present.subList(0, Math.max(0, present.size() - Math.max(1, keep)))) {
      if (current.filter(key::equals).isPresent()) {
        continue;
      }
      try {
        DurableFolder.remove(folder(key));
      } catch (IOException e) {
        LOG.warnf("old version %s is not removed yet, the next prune tries again: %s", key, e);
      }
    }
  }

  @Override
  public Path folder(long number, long term) {
    return folder(new Key(number, term));
  }

  @Override
  public Optional<Path> file(long number, String name) {
    return list().stream()
        .filter(version -> version.version() == number)
        .filter(version -> version.files().stream().anyMatch(file -> file.name().equals(name)))
        .map(version -> folder(number, version.term()).resolve(name))
        .findAny();
  }

  @Override
  public void verify(ModelVersion version) throws IOException {
    for (ArtifactFile file : version.files()) {
      Path path = folder(version.version(), version.term()).resolve(file.name());
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

  private static Key last(List<Key> keys) {
    return keys.get(keys.size() - 1);
  }

  /** Announced versions whose files are here, ascending. */
  private List<Key> present() {
    return keys(MARK).stream().filter(key -> Files.isDirectory(folder(key))).toList();
  }

  /** Of all files of this kind, ascending. */
  private List<Key> keys(String kind) {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(kind))
          .map(name -> Key.parse(name.substring(0, name.length() - kind.length())))
          .flatMap(Optional::stream)
          .sorted(Comparator.comparingLong(Key::number).thenComparingLong(Key::term))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e, e);
    }
  }

  private ModelVersion described(Key key) {
    Path description = file(key, DESCRIPTION);
    try {
      ModelVersion version = Json.MAPPER.readValue(description.toFile(), ModelVersion.class);
      if (version == null || !key.equals(new Key(version.version(), version.term()))) {
        throw new IOException("it does not describe version " + key);
      }
      return version;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(
          description + " does not describe a version: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(description + " cannot be read: " + e, e);
    }
  }

  private Path folder(Key key) {
    return root.resolve(key.toString());
  }

  private Path file(Key key, String kind) {
    return root.resolve(key + kind);
  }

  /** What a version's files are named by. */
  private record Key(long number, long term) {

    private static final Pattern FORM =
        Pattern.compile("(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})");

    static Optional<Key> parse(String text) {
      Matcher matcher = FORM.matcher(text);
      return matcher.matches()
          ? Optional.of(new Key(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return number + "-" + term;
    }
  }
}
