package io.millrace.publishing;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.Stores;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.version.ArtifactStore;
import io.millrace.version.Retention;
import io.millrace.version.VersionKey;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Removes versions that may go, from the working copy and from where others load them, and there
 * also what no owner will announce any more. A failure is logged, and the next call tries again.
 * The thread that writes versions, so that none is on its way meanwhile.
 */
public final class VersionCleaner implements Runnable {

  private static final Logger LOG = Logger.getLogger(VersionCleaner.class);

  private final VersionStore versions;
  private final CheckpointStore checkpoints;
  private final VersionCheckpoints restorePoints;
  private final Retention retention;
  private final Optional<ArtifactStore> artifacts;
  private final long term;

  /**
   * @param term the owner's
   */
  public VersionCleaner(
      Stores stores, Retention retention, Optional<ArtifactStore> artifacts, long term) {
    this.versions = stores.versions();
    this.checkpoints = stores.checkpoints();
    this.restorePoints = stores.restorePoints();
    this.retention = retention;
    this.artifacts = artifacts;
    this.term = term;
  }

  @Override
  public void run() {
    try {
      versions.prune(term, retention, new HashSet<>(restorePoints.versions()));
      if (artifacts.isPresent()) {
        clean(artifacts.get());
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf(
          "old versions are not removed, the next publication tries again: %s", e.getMessage());
    }
  }

  private void clean(ArtifactStore store) throws IOException {
    for (ArtifactStore.Held held : store.held()) {
      VersionKey key = held.key();
      boolean mayGo =
          switch (versions.fate(key)) {
            case KEPT -> false;
            case PRUNED -> true;
            case UNANNOUNCED -> key.term() < term; // else a unit may be about to announce it
            case UNKNOWN -> key.term() < term && !held.complete();
          };
      if (mayGo && checkpoints.highestTerm() > term) {
        LOG.warnf("term %d has ended: what may go is the next owner's to say", term);
        return;
      }
      if (mayGo) {
        store.remove(key);
        LOG.infof("version %s is removed from the artifact store", key);
      }
    }
  }
}
