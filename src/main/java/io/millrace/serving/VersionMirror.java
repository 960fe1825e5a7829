package io.millrace.serving;

import io.millrace.publication.ArtifactSource;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.PublicationSettings;
import io.millrace.publication.Retention;
import io.millrace.publication.RolledBack;
import io.millrace.publication.VersionStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A replica's copy of what was published: the current version's files, and the pinned one's, are
 * fetched into a store of its own, from which the predictor serves. What cannot be fetched, or is
 * damaged, is refused and tried again; the version before goes on serving. One thread.
 */
@ApplicationScoped
class VersionMirror implements VersionListener {

  private static final Logger LOG = Logger.getLogger(VersionMirror.class);

  /** Announcements remembered, a few kilobytes each: as far as one may roll back, and more. */
  private static final int REMEMBERED = 100;

  private final VersionStore store;
  private final ArtifactSource source;
  private final Predictor predictor;
  private final Optional<Long> pin;
  private final Retention retention;
  private final TreeMap<Long, ModelVersion> announced = new TreeMap<>();
  private Optional<RolledBack> rollBack = Optional.empty();
  private Set<String> refused = Set.of();

  @Inject
  VersionMirror(
      VersionStore store,
      ArtifactSource source,
      Predictor predictor,
      ServingSettings serving,
      PublicationSettings publication) {
    this(store, source, predictor, serving.pin(), Retention.of(publication));
  }

  /**
   * @param pin a version to be there whatever is current
   * @param retention of the files, but for the pinned version's
   */
  VersionMirror(
      VersionStore store,
      ArtifactSource source,
      Predictor predictor,
      Optional<Long> pin,
      Retention retention) {
    this.store = store;
    this.source = source;
    this.predictor = predictor;
    this.pin = pin;
    this.retention = retention;
  }

  @Override
  public void published(ModelVersion version) {
    announced.put(version.version(), version);
    rollBack = rollBack.filter(earlier -> version.version() <= earlier.lastVersion());
    while (announced.size() > REMEMBERED) {
      long oldest = announced.firstKey();
      if (pin.equals(Optional.of(oldest))) {
        return;
      }
      announced.remove(oldest);
    }
  }

  @Override
  public void rolledBack(RolledBack event) {
    rollBack = Optional.of(event);
  }

  /** Fetches what is current now, unless it is there; also when nothing was said since. */
  @Override
  public void caughtUp() {
    Set<String> before = refused;
    refused = new HashSet<>();
    pin.map(announced::get).ifPresent(this::fetchOrRefuse);
    Optional<ModelVersion> current = current();
    boolean isHere = current.isPresent() && fetchOrRefuse(current.get());
    refused.stream() // tried again every few seconds, told once
        .filter(why -> !before.contains(why))
        .forEach(LOG::error);
    predictor.missing(refused);
    if (!isHere) {
      return;
    }
    try {
      if (rollBack.isPresent()) {
        store.markCurrent(rollBack.get());
      }
      predictor.follow();
      store.prune(retention, pin.map(Set::of).orElse(Set.of()));
    } catch (IOException e) {
      LOG.errorf("the copy of version %d: %s", current.get().version(), e.getMessage());
    }
  }

  private Optional<ModelVersion> current() {
    return rollBack.isPresent()
        ? Optional.ofNullable(announced.get(rollBack.get().version()))
        : Optional.ofNullable(announced.lastEntry()).map(entry -> entry.getValue());
  }

  private boolean fetchOrRefuse(ModelVersion version) {
    try {
      if (!isHere(version)) {
        fetch(version);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      refused.add(
          "version %d is refused, predictions stay as they are: %s"
              .formatted(version.version(), e.getMessage()));
      return false;
    }
  }

  private boolean isHere(ModelVersion version) {
    return store.list().stream()
        .anyMatch(kept -> kept.version() == version.version() && kept.term() == version.term());
  }

  private void fetch(ModelVersion version) throws IOException {
    Path aside = Files.createTempDirectory("millrace-fetch-");
    try {
      store.add(
          version.version(),
          version.term(),
          folder -> move(source.fetch(version, aside), folder),
          (folder, files) -> version);
      store.markAnnounced(version);
      LOG.infof("version %d fetched from %s", version.version(), version.artifact());
    } finally {
      remove(aside);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.move(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }
}
