package io.millrace.learner;

import io.millrace.drift.DriftState;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.replay.ReplayState;
import io.millrace.tokenize.HeldOutExample;
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
public record StreamState(
    Progress progress,
    List<HeldOutExample> heldOut,
    List<HeldOutExample> golden,
    List<PrequentialEntry> scores,
    DriftState drift,
    ReplayState replay) {

  public StreamState {
    heldOut = List.copyOf(heldOut);
    golden = List.copyOf(golden);
    scores = List.copyOf(scores);
  }
}
