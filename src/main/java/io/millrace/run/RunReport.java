package io.millrace.run;

import io.millrace.event.MetricRecord;
import io.millrace.intake.Chunk;
import io.millrace.learner.StepReport;
import java.time.Duration;
import java.util.Optional;

/** Told of all that a run does. Training thread only. */
public interface RunReport {

  /** The thread waited for work until now. */
  default void waited() {}

  /** A piece of work went into the journal. */
  default void journaled(Duration took) {}

  default void stepDone(StepReport trained) {}

  /**
   * @param chunk with all its labels known
   */
  default void chunkDone(Chunk chunk) {}

  default void evaluated(MetricRecord.Evaluated evaluated) {}

  /**
   * The thread worked until now.
   *
   * @param onWork whether there was a chunk, or replay
   */
  default void worked(boolean onWork) {}

  /**
   * Training waits for a commit.
   *
   * @param problem why there is no room on the disk, if that is the reason
   */
  default void waitedForRoom(Optional<String> problem) {}

  /** Training waits for a resume. */
  default void paused() {}
}
