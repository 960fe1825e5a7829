package io.millrace.heldout;

import io.millrace.score.Prediction;
import io.millrace.score.Scored;
import java.time.Instant;
import java.util.Optional;

/**
 * An example that was predicted before it was trained on, as a checkpoint keeps it.
 *
 * @param label the true label's index
 * @param predicted the index of the largest logit
 * @param loss cross-entropy of the true label, nats
 * @param eventTime when it happened; empty in checkpoints from before that was kept
 * @param probabilities {@code [L]}: the softmax of the logits; empty in those checkpoints
 */
@SuppressWarnings("ArrayRecordComponent") // tests compare it by its parts
public record PrequentialEntry(
    int label, int predicted, double loss, Optional<Instant> eventTime, float[] probabilities) {

  public PrequentialEntry {
    probabilities = probabilities == null ? new float[0] : probabilities;
  }

  /**
   * Scores a row of logits.
   *
   * @param logits {@code [L]} logits
   * @param label the true label's index
   */
  public static PrequentialEntry of(float[] logits, int label, Instant eventTime) {
    Prediction prediction = Prediction.of(logits, label);
    Scored scored = prediction.scored();
    return new PrequentialEntry(
        label,
        scored.predicted(),
        scored.loss(),
        Optional.of(eventTime),
        prediction.probabilities());
  }

  public Scored scored() {
    return new Scored(label, predicted, loss);
  }

  boolean isWhole() {
    return eventTime.isPresent() && probabilities.length > 0;
  }

  Prediction prediction() {
    return new Prediction(scored(), probabilities);
  }
}
