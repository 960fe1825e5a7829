package io.millrace.pipeline;

import io.millrace.training.FineTunerState;

/**
 * All that training leaves behind at one step, copied: what a checkpoint keeps of a {@link Learner}
 * and what another one goes on from. Immutable; hundreds of megabytes of host memory.
 *
 * @param tuner weights, moments and the history of steps
 * @param stream what training has seen of its input
 */
record Snapshot(FineTunerState tuner, StreamState stream) {

  /** Steps done. */
  long step() {
    return tuner.step();
  }

  Progress progress() {
    return stream.progress();
  }
}
