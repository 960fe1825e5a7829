package io.millrace.learner;

import io.millrace.drift.DriftSignal;
import io.millrace.step.StepOutcome;
import java.util.List;

/**
 * A step and what came of it.
 *
 * @param batches what it was given
 * @param refused its new examples that were refused
 * @param dropped its replayed examples that left the buffer because they are not finite
 * @param idle whether it was taken from idle time, not from a chunk
 * @param drift what the predictions of its new examples showed of the stream
 * @param seconds wall time, prequential forward included
 */
public record StepReport(
    List<MixedBatch> batches,
    StepOutcome outcome,
    int refused,
    int dropped,
    boolean idle,
    List<DriftSignal> drift,
    double seconds) {

  public StepReport {
    batches = List.copyOf(batches);
  }

  public int examples() {
    return batches.stream().mapToInt(batch -> batch.batch().size()).sum();
  }

  public int replayed() {
    return batches.stream().mapToInt(batch -> batch.replayed().size()).sum();
  }

  public int tokens() {
    return batches.stream().mapToInt(batch -> batch.batch().tokens().tokens()).sum();
  }

  public int paddedTokens() {
    return batches.stream().mapToInt(batch -> batch.batch().tokens().paddedTokens()).sum();
  }
}
