package io.millrace.learner;

import io.millrace.drift.DriftMonitor;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialScore;
import io.millrace.replay.ReplayBuffer;

/**
 * What a learner keeps of its input: the mutable counterpart of {@link StreamState}. Training
 * thread only.
 *
 * @param heldOut examples that are only scored
 * @param prequential scores of examples before they were trained on
 * @param replay examples to train on again
 * @param drift watches the stream
 */
public record StreamMemory(
    HeldOutWindow heldOut, PrequentialScore prequential, ReplayBuffer replay, DriftMonitor drift) {

  /**
   * Copies it.
   *
   * @param progress where it stands
   */
  StreamState state(Progress progress) {
    return new StreamState(
        progress,
        heldOut.examples(),
        heldOut.golden(),
        prequential.recent(),
        drift.state(),
        replay.state());
  }
}
