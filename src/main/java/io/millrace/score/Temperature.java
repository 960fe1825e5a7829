package io.millrace.score;

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

  /**
   * The one with the lowest loss on predictions, their truth smoothed: where none of N is wrong,
   * the next may still be, with a probability of 1 / (N + 2) (as in Platt 1999), and without that
   * no temperature would be low enough.
   *
   * @param least examples that it takes; with fewer there is none
   */
  public static Temperature fit(List<Prediction> predictions, int least) {
    if (predictions.isEmpty() || predictions.size() < least) {
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

  /**
   * Mean cross-entropy with logits times {@code inverse}; log-probabilities serve as logits. What
   * is taken from the truth goes to the other labels as the model divides it among them.
   */
  private static double loss(List<Prediction> predictions, double inverse) {
    double doubt = 1.0 / (predictions.size() + 2);
    double loss = 0;
    for (Prediction prediction : predictions) {
      double sum = 0;
      double rest = 0;
      double others = 0;
      double largest = Math.log(prediction.confidence());
      float[] probabilities = prediction.probabilities();
      for (int label = 0; label < probabilities.length; label++) {
        double logit = log(probabilities[label]) - largest;
        sum += Math.exp(inverse * logit);
        if (label != prediction.label()) {
          double probability = Math.max(SMALLEST_PROBABILITY, probabilities[label]);
          rest += probability;
          others += probability * logit;
        }
      }
      double truth = log(prediction.probability(prediction.label())) - largest;
      double wrong = rest == 0 ? 0 : others / rest;
      loss += Math.log(sum) - inverse * ((1 - doubt) * truth + doubt * wrong);
    }
    return loss / predictions.size();
  }

  private static double log(float probability) {
    return Math.log(Math.max(SMALLEST_PROBABILITY, probability));
  }
}
