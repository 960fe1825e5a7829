package io.millrace.evaluation;

import java.util.List;

/**
 * What logits are divided by so that probabilities mean what they say (Guo et al. 2017, "On
 * Calibration of Modern Neural Networks"): the answer of no example changes.
 *
 * @param value above 1 where the model was too sure
 */
public record Temperature(double value) {

  /** Changes nothing. */
  public static final Temperature NONE = new Temperature(1);

  private static final double LARGEST = 20;
  private static final double SMALLEST_PROBABILITY = 1e-37;
  private static final int ROUNDS = 60;

  /** The one with the lowest loss on predictions; none without any. */
  static Temperature fit(List<Prediction> predictions) {
    if (predictions.isEmpty()) {
      return NONE;
    }
    // The loss is convex in the inverse: a golden-section search on its logarithm finds it.
    double ratio = (Math.sqrt(5) - 1) / 2;
    double low = -Math.log(LARGEST);
    double high = Math.log(LARGEST);
    for (int i = 0; i < ROUNDS; i++) {
      double left = high - ratio * (high - low);
      double right = low + ratio * (high - low);
      if (loss(predictions, Math.exp(left)) < loss(predictions, Math.exp(right))) {
        high = right;
      } else {
        low = left;
      }
    }
    return new Temperature(Math.exp(-(low + high) / 2));
  }

  /**
   * Divides logits by it.
   *
   * @param logits {@code [B][L]}
   */
  public float[][] of(float[][] logits) {
    float factor = factor();
    float[][] scaled = new float[logits.length][];
    for (int row = 0; row < logits.length; row++) {
      scaled[row] = of(logits[row], factor);
    }
    return scaled;
  }

  /** Divides every value by it: of a classifier's weights and bias, so that its logits are. */
  public float[] of(float[] values) {
    return of(values, factor());
  }

  private float factor() {
    return (float) (1 / value);
  }

  private static float[] of(float[] values, float factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = values[i] * factor;
    }
    return scaled;
  }

  /** Mean cross-entropy with logits times {@code inverse}; log-probabilities serve as logits. */
  private static double loss(List<Prediction> predictions, double inverse) {
    double loss = 0;
    for (Prediction prediction : predictions) {
      double sum = 0;
      double largest = Math.log(prediction.confidence());
      for (float probability : prediction.probabilities()) {
        sum += Math.exp(inverse * (log(probability) - largest));
      }
      loss += Math.log(sum) - inverse * (log(prediction.probability(prediction.label())) - largest);
    }
    return loss / predictions.size();
  }

  private static double log(float probability) {
    return Math.log(Math.max(SMALLEST_PROBABILITY, probability));
  }
}
