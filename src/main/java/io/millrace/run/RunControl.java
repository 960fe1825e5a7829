package io.millrace.run;

import io.millrace.commit.OwnershipLostException;
import io.millrace.event.MetricRecord;
import java.util.Optional;

/** What operators and the gate want of a run, between two chunks. Training thread only. */
public interface RunControl {

  /** Of a run that nobody steers. */
  RunControl NONE =
      new RunControl() {
        @Override
        public void tellAnswers() {}

        @Override
        public Optional<LoopEnd> obey() {
          return Optional.empty();
        }

        @Override
        public boolean isPaused() {
          return false;
        }

        @Override
        public Optional<LoopEnd> afterEvaluation(MetricRecord.Evaluated evaluated) {
          return Optional.empty();
        }
      };

  /** Shows what the broker has by now. */
  void tellAnswers();

  /**
   * Makes the roll-back that had to wait, and obeys what has arrived. Only while all that was taken
   * has its outcome.
   *
   * @return how the run ends by that; empty where it goes on
   * @throws OwnershipLostException where another owner has taken over
   */
  Optional<LoopEnd> obey() throws OwnershipLostException, InterruptedException;

  /** Whether training waits for a resume. */
  boolean isPaused();

  /**
   * Notes the gate's looks, and rolls back where it says so: at once, or as soon as refused steps
   * have their outcome.
   *
   * @return how the run ends by that; empty where it goes on
   * @throws OwnershipLostException where another owner has taken over
   */
  Optional<LoopEnd> afterEvaluation(MetricRecord.Evaluated evaluated)
      throws OwnershipLostException, InterruptedException;
}
