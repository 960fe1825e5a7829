package io.millrace.pipeline;

import java.util.function.Consumer;

/** Whole passes in tests that have no run. */
final class Passes {

  private Passes() {}

  /**
   * Trains on a chunk.
   *
   * @param onStep told of each step
   * @return the chunk with all its labels known
   */
  static Chunk train(Learner learner, Chunk chunk, Consumer<Trained> onStep) {
    return take(learner, chunk, onStep).chunk().orElseThrow();
  }

  /** Uses idle time for a batch of what is owed. */
  static void useIdleTime(Learner learner, Consumer<Trained> onStep) {
    take(learner, learner.idleWork().orElseThrow(), onStep);
  }

  private static ChunkPass take(Learner learner, Work work, Consumer<Trained> onStep) {
    ChunkPass pass = learner.begin(work);
    while (pass.hasStep()) {
      onStep.accept(pass.step());
    }
    pass.finish();
    return pass;
  }
}
