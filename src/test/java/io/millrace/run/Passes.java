package io.millrace.run;

import io.millrace.intake.Chunk;
import io.millrace.intake.Work;
import io.millrace.learner.ChunkPass;
import io.millrace.learner.Learner;
import io.millrace.learner.StepReport;
import java.util.function.Consumer;

/** Whole passes in tests that have no run. */
public final class Passes {

  private Passes() {}

  /**
   * Trains on a chunk.
   *
   * @param onStep told of each step
   * @return the chunk with all its labels known
   */
  public static Chunk train(Learner learner, Chunk chunk, Consumer<StepReport> onStep) {
    return take(learner, chunk, onStep).chunk().orElseThrow();
  }

  /** Uses idle time for a batch of what is owed. */
  public static void useIdleTime(Learner learner, Consumer<StepReport> onStep) {
    take(learner, learner.idleWork().orElseThrow(), onStep);
  }

  private static ChunkPass take(Learner learner, Work work, Consumer<StepReport> onStep) {
    ChunkPass pass = learner.begin(work);
    while (pass.hasStep()) {
      onStep.accept(pass.step());
    }
    pass.finish();
    return pass;
  }
}
