package io.millrace.pipeline;

import io.millrace.checkpoint.UnitId;
import java.util.Optional;

/**
 * How far commits have come.
 *
 * @param saved where the last checkpoint stands
 * @param last its id; empty at the base
 * @param problem why the last attempt failed: training waits until one succeeds
 */
record CommitState(Mark saved, Optional<UnitId> last, Optional<String> problem) {

  /**
   * How far a learner is: replay takes steps while positions stand still.
   *
   * @param positions next offset of every partition
   * @param step steps done
   */
  record Mark(InputPositions positions, long step) {

    static Mark of(Learner learner) {
      return new Mark(learner.progress().positions(), learner.tuner().steps());
    }
  }
}
