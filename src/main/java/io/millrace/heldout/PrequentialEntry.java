package io.millrace.heldout;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.example.Target;
import io.millrace.score.ScoredExample;
import java.time.Instant;
import java.util.Optional;

/**
 * An example that was predicted before it was trained on, as a checkpoint keeps it.
 *
 * @param truth its target; {@code label} in what is persisted
 * @param predicted the index of the output that was answered
 * @param loss of the answer, in the task's unit: of labels nats
 * @param eventTime when it happened; empty in checkpoints from before that was kept
 * @param output {@code [L]}: the answer in the task's form, see {@link ScoredExample}; {@code
 *     probabilities} in what is persisted, and empty in those checkpoints
 */
@SuppressWarnings("ArrayRecordComponent") // tests compare it by its parts
public record PrequentialEntry(
    @JsonProperty("label") Target truth,
    int predicted,
    double loss,
    Optional<Instant> eventTime,
    @JsonProperty("probabilities") float[] output) {

  public PrequentialEntry {
    output = output == null ? new float[0] : output;
  }

  static PrequentialEntry of(ScoredExample scored, Instant eventTime) {
    return new PrequentialEntry(
        scored.truth(), scored.predicted(), scored.loss(), Optional.of(eventTime), scored.output());
  }

  boolean isCorrect() {
    return truth.group() == predicted;
  }

  boolean isWhole() {
    return eventTime.isPresent() && output.length > 0;
  }

  public ScoredExample scored() {
    return new ScoredExample(truth, predicted, loss, output);
  }
}
