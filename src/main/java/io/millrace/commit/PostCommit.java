package io.millrace.commit;

import io.millrace.event.Outbox;
import io.millrace.example.DeadLetter;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** What follows once the broker has a unit: its versions are everybody's. One writing thread. */
public final class PostCommit {

  private static final Logger LOG = Logger.getLogger(PostCommit.class);

  private final VersionStore store;
  private final long term;
  private final Runnable cleaner;
  private final Consumer<ModelVersion> onVersion;
  private final Consumer<DeadLetter> onLetter;
  private volatile Optional<Long> current;

  /**
   * @param term the owner's
   * @param cleaner removes what may go behind new versions; returns at once
   * @param onVersion told of each version
   * @param onLetter told of each dead letter
   */
  public PostCommit(
      VersionStore store,
      long term,
      Runnable cleaner,
      Consumer<ModelVersion> onVersion,
      Consumer<DeadLetter> onLetter) {
    this.store = store;
    this.term = term;
    this.cleaner = cleaner;
    this.onVersion = onVersion;
    this.onLetter = onLetter;
    this.current = store.current().map(ModelVersion::version);
  }

  /** The last version announced. Any thread. */
  public Optional<Long> current() {
    return current;
  }

  public void committed(Outbox outbox) {
    outbox.versions().forEach(this::announced);
    outbox.rollBacks().forEach(this::rolledBack);
    outbox.letters().forEach(onLetter);
    if (!outbox.versions().isEmpty()) {
      cleaner.run();
    }
  }

  private void rolledBack(RolledBack event) {
    try {
      store.markCurrent(term, event);
    } catch (IOException e) {
      LOG.errorf(
          "version %d is current again, but the store does not show it before the next start: %s",
          event.version(), e.getMessage());
    }
    Optional<ModelVersion> now = store.current();
    current = now.map(ModelVersion::version);
    LOG.warnf(
        "version %d is current again, version %d was until now: %s",
        event.version(), event.from(), event.reason());
    now.ifPresent(onVersion);
  }

  private void announced(ModelVersion version) {
    try {
      store.markAnnounced(term, version);
    } catch (IOException e) {
      LOG.errorf(
          "version %d is announced, but the store does not show it before the next start: %s",
          version.version(), e.getMessage());
    }
    current = Optional.of(version.version());
    LOG.infof(
        "version %d announced: accuracy %.4f (constant %.4f), loss %.4f on %d held-out examples; %s",
        version.version(),
        version.evaluation().accuracy(),
        version.evaluation().constantAccuracy(),
        version.evaluation().loss(),
        version.evaluation().examples(),
        version.artifact());
    onVersion.accept(version);
  }
}
