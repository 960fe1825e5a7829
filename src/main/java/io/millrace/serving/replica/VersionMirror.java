package io.millrace.serving.replica;

import io.millrace.gate.PublicationSettings;
import io.millrace.serving.Predictor;
import io.millrace.serving.model.ServingSettings;
import io.millrace.version.ArtifactSource;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionStore;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * A replica's copy of what was published: the current version's files, and the pinned one's, are
 * fetched into a store of its own, from which the predictor serves. What cannot be fetched, or is
 * damaged, is refused and tried again; the version before goes on serving. Where the topic has lost
 * what it said, the trainer is asked. One thread.
 */
@ApplicationScoped
class VersionMirror implements VersionListener {

  private static final Logger LOG = Logger.getLogger(VersionMirror.class);
  private static final String QUESTION = "which versions are there?";

  private final VersionStore store;
  private final ArtifactSource source;
  private final Predictor predictor;
  private final Optional<Long> pin;
  private final Retention retention;
  private final AnnouncedVersions announced;
  private final RetryPauses<ModelVersion> fetches;
  private final RetryPauses<List<ModelVersion>> loads;
  private final KnownVersions elsewhere;
  private final RetryPauses<String> questions;
  private Set<String> refused = Set.of();
  private boolean cleaned;

  @Inject
  VersionMirror(
      VersionStore store,
      @Identifier(VersionStore.TRAINERS) VersionStore trainers,
      @ConfigProperty(name = "millrace.model.name") String model,
      ArtifactSource source,
      Predictor predictor,
      ServingSettings serving,
      PublicationSettings publication) {
    this(
        store,
        new KnownVersions(model, trainers, TrainerServer.of(serving)),
        ReplicaArtifacts.of(source, serving),
        predictor,
        serving.pin(),
        Retention.of(publication),
        System::nanoTime);
  }

  /**
   * @param elsewhere asked while the topic names no current version
   * @param pin a version to be there whatever is current
   * @param retention of the files, but for the pinned version's
   */
  VersionMirror(
      VersionStore store,
      KnownVersions elsewhere,
      ArtifactSource source,
      Predictor predictor,
      Optional<Long> pin,
      Retention retention,
      LongSupplier nanoTime) {
    this.store = store;
    this.elsewhere = elsewhere;
    this.source = source;
    this.predictor = predictor;
    this.pin = pin;
    this.retention = retention;
    this.announced = new AnnouncedVersions(pin);
    this.fetches = new RetryPauses<>(nanoTime);
    this.loads = new RetryPauses<>(nanoTime);
    this.questions = new RetryPauses<>(nanoTime);
  }

  @Override
  public void published(ModelVersion version) {
    announced.add(version);
  }

  @Override
  public void rolledBack(RolledBack event) {
    announced.add(event);
  }

  /** Fetches what is current now, unless it is there; also when nothing was said since. */
  @Override
  public boolean caughtUp() {
    Set<String> before = refused;
    refused = new LinkedHashSet<>();
    if (announced.current().isEmpty()) {
      askElsewhere();
    }
    List<ModelVersion> wanted =
        Stream.of(announced.pinned(), announced.current()).flatMap(Optional::stream).toList();
    fetches.keepOnly(wanted);
    List<ModelVersion> here = wanted.stream().filter(this::fetchOrRefuse).toList();
    refused.stream() // tried again and again, told once
        .filter(why -> !before.contains(why))
        .forEach(LOG::error);
    predictor.missing(refused);
    if (!here.isEmpty()) {
      serve(here);
    }
    return announced.current().isPresent();
  }

  private void askElsewhere() {
    Optional<String> paused = questions.pausedFor(QUESTION);
    if (paused.isPresent()) {
      refused.add(paused.get());
      return;
    }
    try {
      List<ModelVersion> known = elsewhere.upToCurrent();
      questions.succeeded(QUESTION);
      known.forEach(announced::add);
      announced
          .current()
          .ifPresent(
              current ->
                  LOG.warnf(
                      "the versions topic names no current version; the trainer's is %d",
                      current.version()));
    } catch (IOException | RuntimeException e) {
      questions.failed(QUESTION, e.getMessage());
      refused.add(e.getMessage());
    }
  }

  private void serve(List<ModelVersion> here) {
    try {
      boolean currentIsHere = announced.current().filter(here::contains).isPresent();
      if (currentIsHere) {
        markCurrent(announced.current().orElseThrow());
      }
      follow(here);
      if (currentIsHere) {
        store.prune(retention, pin.map(Set::of).orElse(Set.of()));
      }
    } catch (IOException | RuntimeException e) {
      LOG.errorf("the copies of %s: %s", numbers(here), e.getMessage());
    }
  }

  /** What the folder has of higher numbers was rolled back, or is of a model that began anew. */
  private void markCurrent(ModelVersion current) throws IOException {
    if (!isCurrent(current) && announced.rollBack().isPresent()) {
      store.markCurrent(announced.rollBack().get());
    }
    if (!isCurrent(current)) {
      long last = store.lastNumber();
      LOG.warnf("version %d is current, although the folder has %d", current.version(), last);
      store.markCurrent(
          new RolledBack(
              current.model(),
              current.version(),
              current.term(),
              last,
              last,
              DataSince.SKIP,
              "automatic",
              "the versions topic, or the trainer, names no later version",
              Optional.empty(),
              Map.of(),
              Instant.now()));
    }
  }

  private boolean isCurrent(ModelVersion version) {
    return store.current().filter(kept -> kept.key().equals(version.key())).isPresent();
  }

  private void follow(List<ModelVersion> here) {
    loads.keepOnly(List.of(here));
    if (loads.pausedFor(here).isPresent()) {
      return;
    }
    if (predictor.follow()) {
      loads.succeeded(here);
    } else {
      loads.failed(here, "refused by the predictor");
    }
  }

  private boolean fetchOrRefuse(ModelVersion version) {
    Optional<String> paused = fetches.pausedFor(version);
    if (paused.isPresent()) {
      refused.add(paused.get());
      return false;
    }
    try {
      cleanUp();
      if (!isHere(version)) {
        fetch(version);
      }
      fetches.succeeded(version);
      return true;
    } catch (IOException | RuntimeException e) {
      String why =
          "version %d is refused, predictions stay as they are: %s"
              .formatted(version.version(), e.getMessage());
      fetches.failed(version, why);
      refused.add(why);
      return false;
    }
  }

  /** What a crash left half-fetched would else be in the way for ever. */
  private void cleanUp() throws IOException {
    if (!cleaned) {
      store.removeUnannounced();
      cleaned = true;
    }
  }

  private boolean isHere(ModelVersion version) {
    return store.list().stream().anyMatch(kept -> kept.key().equals(version.key()));
  }

  private void fetch(ModelVersion version) throws IOException {
    try {
      store.add(
          version.version(),
          version.term(),
          aside -> fetch(version, aside),
          (folder, files) -> version);
    } catch (FetchFailedException e) {
      throw new IOException(e.getMessage(), e);
    }
    store.markAnnounced(version);
    LOG.infof("version %d is fetched and in the store of this replica", version.version());
  }

  private void fetch(ModelVersion version, Path aside) throws IOException {
    Path fetched;
    try {
      fetched = source.fetch(version, aside);
    } catch (IOException e) { // not the store's: its message must not begin with the store
      throw new FetchFailedException(e);
    }
    try (Stream<Path> files = Files.list(fetched)) {
      for (Path file : files.toList()) {
        Files.move(file, aside.resolve(file.getFileName()));
      }
    }
    Files.delete(fetched);
  }

  private static List<Long> numbers(List<ModelVersion> versions) {
    return versions.stream().map(ModelVersion::version).toList();
  }

  private static final class FetchFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FetchFailedException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
