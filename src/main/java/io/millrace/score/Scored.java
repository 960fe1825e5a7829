package io.millrace.score;

/**
 * One prediction beside the truth.
 *
 * @param label the true label's index
 * @param predicted the index of the largest logit
 * @param loss cross-entropy of the true label, nats
 */
public record Scored(int label, int predicted, double loss) {

  /** What a model is said to give a label that it does not have; scikit-learn clips alike. */
  private static final double LEAST_PROBABILITY = 1e-15;

  /**
   * Scores a row of logits.
   *
   * @param logits {@code [L]} logits
   * @param label the true label's index; beyond the row for one that was added since
   */
  public static Scored of(float[] logits, int label) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    // log-sum-exp around the largest logit, so that no exp overflows
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[best]);
    }
    double loss =
        label < logits.length
            ? Math.log(sum) + logits[best] - logits[label]
            : -Math.log(LEAST_PROBABILITY);
    return new Scored(label, best, loss);
  }

  public boolean correct() {
    return label == predicted;
  }
}
