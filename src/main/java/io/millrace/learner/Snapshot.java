package io.millrace.learner;

import io.millrace.optim.FineTunerState;

/**
 * All that training leaves behind at one step, copied: what a checkpoint keeps of a {@link Learner}
 * and what another one goes on from. Immutable; hundreds of megabytes of host memory.
 *
 * @param tuner weights, moments and the history of steps
 * @param stream what training has seen of its input
 */
public record Snapshot(FineTunerState tuner, StreamState stream) {

  /** Steps done. */
  public long step() {
    return tuner.step();
  }

  public Progress progress() {
    return stream.progress();
  }
}
