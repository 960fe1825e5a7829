package io.millrace.version;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.storage.DurableFolder;
import io.millrace.storage.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Versions in a folder. {@code NUMBER-TERM/} is the artifact, {@code NUMBER-TERM.json} its
 * description, {@code NUMBER-TERM.announced} says that the broker has the announcement, {@code
 * rolled-back-TERM.json} of the highest term is the last roll-back. Description and mark outlive
 * the artifact, so numbers are never given twice.
 *
 * <p>Opening and reading change nothing, so a standby may look on while another instance writes.
 */
public final class FolderVersionStore implements VersionStore {

  private static final Logger LOG = Logger.getLogger(FolderVersionStore.class);
  private static final String DESCRIPTION = ".json";
  private static final String MARK = ".announced";

  /** Of a sole writer, and of earlier releases. */
  private static final String ROLLED_BACK = "rolled-back.json";

  private static final Pattern ROLLED_BACK_IN = Pattern.compile("rolled-back-(\\d{1,18})\\.json");

  private final Path root;

  /**
   * @param root the folder of the model's versions; made if absent
   */
  public FolderVersionStore(Path root) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
  }

  @Override
  public ModelVersion add( // not synchronized: it takes as long as its files are on their way
      long number, long term, DurableFolder.Contents artifact, Description describe)
      throws IOException {
    VersionKey key = new VersionKey(number, term);
    ModelVersion[] version = new ModelVersion[1];
    DurableFolder.write(
        folder(key),
        term,
        aside -> {
          artifact.fill(aside);
          version[0] = describe.of(aside, files(aside));
          DurableFolder.writeFile(
              file(key, DESCRIPTION), term, Json.MAPPER.writeValueAsBytes(version[0]));
        });
    return version[0];
  }

  @Override
  public List<ModelVersion> list() {
    return present().stream().map(this::ifDescribed).flatMap(Optional::stream).toList();
  }

  @Override
  public Optional<ModelVersion> current() {
    List<VersionKey> present = present();
    Optional<ModelVersion> rolledBackTo =
        rolledBackTo().filter(present::contains).flatMap(this::ifDescribed);
    if (rolledBackTo.isPresent()) {
      return rolledBackTo;
    }
    List<ModelVersion> described = list();
    return described.isEmpty()
        ? Optional.empty()
        : Optional.of(described.get(described.size() - 1));
  }

  @Override
  public List<String> damaged() {
    List<String> damaged = new ArrayList<>();
    for (VersionKey key : present()) {
      try {
        var unused = described(key);
      } catch (DamagedException e) {
        damaged.add(e.getMessage());
      }
    }
    return damaged;
  }

  /** Empty where its description is damaged: one version must not hold all others up. */
  private Optional<ModelVersion> ifDescribed(VersionKey key) {
    try {
      return Optional.of(described(key));
    } catch (DamagedException e) {
      LOG.debug(e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public synchronized void markCurrent(long term, RolledBack rolledBack) throws IOException {
    if (rollBack().equals(Optional.of(rolledBack))) {
      return;
    }
    byte[] json = Json.MAPPER.writeValueAsBytes(rolledBack);
    if (term == SOLE_WRITER) {
      DurableFolder.writeFile(root.resolve(ROLLED_BACK), json);
      return;
    }
    DurableFolder.writeFile(root.resolve("rolled-back-" + term + ".json"), term, json);
    for (long earlier : rollBackTerms()) {
      if (earlier < term) {
        Files.deleteIfExists(root.resolve("rolled-back-" + earlier + ".json"));
      }
    }
  }

  /** Empty where nothing was rolled back, or a later version was announced since. */
  private Optional<VersionKey> rolledBackTo() {
    return rollBack()
        .filter(last -> lastNumber() <= last.lastVersion())
        .map(last -> new VersionKey(last.version(), last.term()));
  }

  private Optional<RolledBack> rollBack() {
    List<Long> terms = rollBackTerms();
    Path file =
        root.resolve(
            terms.isEmpty() ? ROLLED_BACK : "rolled-back-" + terms.get(terms.size() - 1) + ".json");
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), RolledBack.class));
    } catch (NoSuchFileException e) {
      return terms.isEmpty() ? Optional.empty() : rollBack(); // a later term's took its place
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e, e);
    }
  }

  /** Of the owners that remembered one, ascending. */
  private List<Long> rollBackTerms() {
    return names()
        .map(ROLLED_BACK_IN::matcher)
        .filter(Matcher::matches)
        .map(name -> Long.parseLong(name.group(1)))
        .sorted()
        .toList();
  }

  @Override
  public long lastNumber() {
    List<VersionKey> announced = keys(MARK);
    return announced.isEmpty() ? 0 : last(announced).number();
  }

  @Override
  public void markAnnounced(long term, ModelVersion version) throws IOException {
    Path mark = file(new VersionKey(version.version(), version.term()), MARK);
    if (!Files.exists(mark)) {
      DurableFolder.writeFile(mark, term, new byte[0]);
    }
  }

  @Override
  public synchronized void removeUnannounced(long term) throws IOException {
    DurableFolder.deleteLeftovers(root, term);
    for (VersionKey key : keys(DESCRIPTION)) {
      if (key.term() < term && !Files.exists(file(key, MARK))) {
        LOG.infof("version %s was never announced, it is removed", key);
        DurableFolder.remove(folder(key), term);
        Files.deleteIfExists(file(key, DESCRIPTION));
      }
    }
  }

  @Override
  public synchronized void prune(long term, Retention retention, Set<Long> restorable) {
    Optional<ModelVersion> current = current();
    if (current.isEmpty()) {
      return;
    }
    for (ModelVersion version :
        retention.expired(
            list(), this::announced, current.get(), rollBack(), restorable, Instant.now())) {
      OptionalLong later = laterThan(term);
      if (later.isPresent()) {
        LOG.warnf(
            "old versions are not removed: the owner of term %d writes here, and this one is of"
                + " term %d",
            later.getAsLong(), term);
        return;
      }
      try {
        DurableFolder.remove(folder(version.key()), term);
      } catch (IOException e) {
        LOG.warnf(
            "old version %s is not removed yet, the next prune tries again: %s", version.key(), e);
      }
    }
  }

  /** The term of a later owner, if it has written a version. */
  private OptionalLong laterThan(long term) {
    return keys(DESCRIPTION).stream()
        .mapToLong(VersionKey::term)
        .filter(other -> other > term)
        .max();
  }

  /** The mark's time, which a restored copy may have lost. */
  private Instant announced(ModelVersion version) {
    Path mark = file(version.key(), MARK);
    try {
      Instant marked = Files.getLastModifiedTime(mark).toInstant();
      return marked.isAfter(version.createdAt()) ? marked : version.createdAt();
    } catch (IOException e) {
      throw new UncheckedIOException(mark + " cannot be read: " + e, e);
    }
  }

  @Override
  public Fate fate(VersionKey key) {
    List<VersionKey> announced = keys(MARK);
    if (!announced.contains(key)) {
      return key.number() > lastNumber()
              || announced.stream().anyMatch(other -> other.number() == key.number())
          ? Fate.UNANNOUNCED
          : Fate.UNKNOWN;
    }
    boolean pruned =
        !Files.isDirectory(folder(key))
            && Files.exists(file(key, DESCRIPTION)) // else its owner's store was lost
            && !key.equals(last(announced))
            && rolledBackTo().filter(key::equals).isEmpty();
    return pruned ? Fate.PRUNED : Fate.KEPT;
  }

  @Override
  public Path folder(long number, long term) {
    return folder(new VersionKey(number, term));
  }

  @Override
  public Optional<Path> file(long number, String name) {
    return find(number)
        .filter(version -> version.files().stream().anyMatch(file -> file.name().equals(name)))
        .map(version -> folder(number, version.term()).resolve(name));
  }

  @Override
  public void verify(ModelVersion version) throws IOException {
    ArtifactFile.verify(folder(version.key()), version.files());
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

  private static VersionKey last(List<VersionKey> keys) {
    return keys.get(keys.size() - 1);
  }

  /** Announced versions whose files are here, ascending. */
  private List<VersionKey> present() {
    return keys(MARK).stream().filter(key -> Files.isDirectory(folder(key))).toList();
  }

  /** Of all files of this kind, ascending. */
  private List<VersionKey> keys(String kind) {
    return names()
        .filter(name -> name.endsWith(kind))
        .map(name -> VersionKey.parse(name.substring(0, name.length() - kind.length())))
        .flatMap(Optional::stream)
        .sorted()
        .toList();
  }

  private Stream<String> names() {
    try (Stream<Path> paths = Files.list(root)) {
      return paths.map(path -> path.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e, e);
    }
  }

  /**
   * @throws DamagedException where its description is gone or damaged
   */
  private ModelVersion described(VersionKey key) {
    Path description = file(key, DESCRIPTION);
    try {
      ModelVersion version =
          Json.MAPPER.readValue(Files.readAllBytes(description), ModelVersion.class);
      if (version == null || !key.equals(new VersionKey(version.version(), version.term()))) {
        throw new DamagedException(description + " does not describe version " + key);
      }
      return version;
    } catch (JsonProcessingException e) {
      throw new DamagedException(
          description + " does not describe a version: " + e.getOriginalMessage());
    } catch (NoSuchFileException e) {
      throw new DamagedException(description + " is gone");
    } catch (IOException e) {
      throw new UncheckedIOException(description + " cannot be read: " + e, e);
    }
  }

  private Path folder(VersionKey key) {
    return root.resolve(key.toString());
  }

  private Path file(VersionKey key, String kind) {
    return root.resolve(key + kind);
  }

  /** A description is gone or damaged; waiting does not mend that. */
  private static final class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }
}
