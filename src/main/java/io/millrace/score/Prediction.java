package io.millrace.score;

/**
 * One prediction beside the truth, with all it says.
 *
 * @param scored label, answer and loss
 * @param probabilities {@code [L]}: the softmax of the logits; see {@link #probability}
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or writes it
public record Prediction(Scored scored, float[] probabilities) {

  /**
   * Scores a row of logits.
   *
   * @param logits {@code [L]} logits
   * @param label the true label's index; beyond the row for one that was added since
   */
  public static Prediction of(float[] logits, int label) {
    Scored scored = Scored.of(logits, label);
    double largest = logits[scored.predicted()];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (Math.exp(logits[i] - largest) / sum);
    }
    return new Prediction(scored, probabilities);
  }

  int label() {
    return scored.label();
  }

  /** Probability of a label: 0 of one that was added since, for that the model cannot answer. */
  float probability(int label) {
    return label < probabilities.length ? probabilities[label] : 0;
  }

  /** Probability of the answer: the largest. */
  double confidence() {
    return probabilities[scored.predicted()];
  }
}
