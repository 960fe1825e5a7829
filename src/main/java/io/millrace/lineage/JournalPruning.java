package io.millrace.lineage;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Stores;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalPosition;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Removes the part of the journal that nothing kept needs: neither a checkpoint, nor a version that
 * one can roll back to, nor any version whose files are there. Everything that is made later goes
 * on from one of these, so what was not needed once never is. Failures are logged, and the next
 * commit tries again. The thread that commits.
 */
public final class JournalPruning {

  private static final Logger LOG = Logger.getLogger(JournalPruning.class);
  private static final long MEGABYTE = 1 << 20;

  private final Stores stores;
  private final long term;
  private final long keepBytes;

  /**
   * @param term the owner's
   * @param keepMegabytes the newest of the journal, which stay in any case
   */
  public JournalPruning(Stores stores, long term, int keepMegabytes) {
    this.stores = stores;
    this.term = term;
    this.keepBytes = keepMegabytes * MEGABYTE;
  }

  /** After a commit: that it succeeded shows that this is still the owner. */
  public void committed() {
    try {
      BatchJournal journal = stores.journal();
      if (journal.bytes() <= keepBytes) {
        return; // most runs: nothing is looked up
      }
      Optional<JournalPosition> needed = needed(stores);
      if (needed.isPresent()) {
        journal.prune(term, needed.get(), keepBytes);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warnf("the journal is not pruned, the next commit tries again: %s", e.getMessage());
    }
  }

  /** Where the oldest thing stands that is kept; empty where there is none. */
  public static Optional<JournalPosition> needed(Stores stores) throws IOException {
    List<JournalPosition> kept = new ArrayList<>();
    for (CheckpointId unit : stores.checkpoints().kept()) {
      CheckpointParts.position(stores.checkpoints(), unit).ifPresent(kept::add);
    }
    for (CheckpointId unit : stores.restorePoints().kept()) {
      stores.restorePoints().position(unit).ifPresent(kept::add);
    }
    for (ModelVersion version : stores.versions().list()) {
      RecordOutcomes.end(version).ifPresent(kept::add);
    }
    return kept.stream().reduce(JournalPosition::orEarlier);
  }
}
