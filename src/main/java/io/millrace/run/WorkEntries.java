package io.millrace.run;

import io.millrace.example.Partition;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.intake.Work;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Progress;
import java.util.ArrayList;
import java.util.List;

/** What the journal says of a piece of work, so that it can be repeated record for record. */
final class WorkEntries {

  private WorkEntries() {}

  /**
   * The entry of a piece of work.
   *
   * @param progress before it
   * @param identity tells which of the topics of one name is read
   */
  static JournalEntry of(Work work, Progress progress, RunIdentity identity) {
    JournalPosition at = progress.journalPosition();
    if (work instanceof Chunk chunk) {
      return new JournalEntry.Chunk(
          at,
          at.chunks() == 0 ? progress.labels() : List.of(),
          runs(chunk.arrivals(), identity),
          chunk.skipped(),
          chunk.forgotten(),
          chunk.rewarms());
    }
    return new JournalEntry.Idle(
        at, ((Work.IdleReplay) work).examples(), work.forgotten(), work.rewarms());
  }

  private static List<JournalEntry.Run> runs(List<IntakeItem> arrivals, RunIdentity identity) {
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

  private static Partition partition(List<IntakeItem> arrivals, int index) {
    return arrivals.get(index).record().position().inPartition();
  }
}
