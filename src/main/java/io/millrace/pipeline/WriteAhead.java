package io.millrace.pipeline;

import io.millrace.example.Partition;
import io.millrace.identity.RunIdentity;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Puts work into the journal before its first step. Training thread only. */
final class WriteAhead implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(WriteAhead.class);

  private final BatchJournal.Appender journal;
  private final RunIdentity identity;
  private Optional<String> problem = Optional.empty();

  /**
   * @param journal closed with this
   * @param identity tells which of the topics of one name is read
   */
  WriteAhead(BatchJournal.Appender journal, RunIdentity identity) {
    this.journal = journal;
    this.identity = identity;
  }

  /** Why the last piece of work is not in the journal. */
  Optional<String> problem() {
    return problem;
  }

  /**
   * Whether the work is in the journal now, on the disk; only then may it begin.
   *
   * @param progress in front of it
   */
  boolean add(Work work, Progress progress) {
    if (work.isRepeated()) {
      return true;
    }
    try {
      journal.append(entry(work, progress));
      problem.ifPresent(was -> LOG.info("the journal can be written again, training goes on"));
      problem = Optional.empty();
    } catch (IOException e) {
      if (problem.isEmpty()) {
        LOG.errorf("training waits until the journal can be written: %s", e.getMessage());
      }
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
    return problem.isEmpty();
  }

  private JournalEntry entry(Work work, Progress progress) {
    JournalPosition at = progress.journalPosition();
    if (work instanceof Chunk chunk) {
      return new JournalEntry.Chunk(
          at,
          at.chunks() == 0 ? progress.labels() : List.of(),
          runs(chunk.arrivals()),
          chunk.skipped(),
          chunk.forgotten(),
          chunk.rewarms());
    }
    return new JournalEntry.Idle(
        at, ((Work.IdleReplay) work).examples(), work.forgotten(), work.rewarms());
  }

  private List<JournalEntry.Run> runs(List<Arrival> arrivals) {
    List<JournalEntry.Run> runs = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= arrivals.size(); i++) {
      if (i == arrivals.size() || !partition(arrivals, i).equals(partition(arrivals, start))) {
        runs.add(
            new JournalEntry.Run(
                partition(arrivals, start),
                arrivals.get(start).record().position().offset(),
                arrivals.get(i - 1).record().position().offset() + 1,
                i - start,
                identity.epoch(arrivals.get(start).record().position().topic())));
        start = i;
      }
    }
    return runs;
  }

  private static Partition partition(List<Arrival> arrivals, int index) {
    return arrivals.get(index).record().position().inPartition();
  }

  @Override
  public void close() {
    try {
      journal.close();
    } catch (IOException e) {
      LOG.warnf("the journal is not closed: %s", e.getMessage());
    }
  }
}
