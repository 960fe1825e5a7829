package io.millrace.pipeline;

import io.millrace.drift.DriftState;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.training.ReplayState;
import java.util.List;

/**
 * What training has seen of its input, apart from the weights: cheap to copy. Immutable.
 *
 * @param progress counts and positions
 * @param heldOut the window's examples, the oldest first
 * @param golden examples that stay
 * @param scores latest prequential scores, the oldest first
 * @param drift what watches the stream
 * @param replay the replay buffer
 */
record StreamState(
    Progress progress,
    List<HeldOutExample> heldOut,
    List<HeldOutExample> golden,
    List<PrequentialEntry> scores,
    DriftState drift,
    ReplayState replay) {

  StreamState {
    heldOut = List.copyOf(heldOut);
    golden = List.copyOf(golden);
    scores = List.copyOf(scores);
  }
}
