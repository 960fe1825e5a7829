package io.millrace.commit;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.example.InputPositions;
import io.millrace.learner.Learner;
import java.util.Optional;

/**
 * How far commits have come.
 *
 * @param saved where the last checkpoint stands
 * @param last its id; empty at the base
 * @param problem why the last attempt failed: training waits until one succeeds
 */
public record CommitState(Mark saved, Optional<CheckpointId> last, Optional<String> problem) {

  /**
   * How far a learner is: replay takes steps while positions stand still.
   *
   * @param positions next offset of every partition
   * @param step steps done
   */
  public record Mark(InputPositions positions, long step) {

    public static Mark of(Learner learner) {
      return new Mark(learner.progress().positions(), learner.tuner().steps());
    }
  }
}
