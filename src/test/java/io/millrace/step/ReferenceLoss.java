package io.millrace.step;

/** Softmax, and cross-entropy on it. */
final class ReferenceLoss {

  private ReferenceLoss() {}

  static double[] softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double[] exps = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      exps[i] = Math.exp(scores[i] - max);
      sum += exps[i];
    }
    for (int i = 0; i < scores.length; i++) {
      exps[i] /= sum;
    }
    return exps;
  }

  /** Nats. */
  static double crossEntropy(double[] logits, int label) {
    return -Math.log(softmax(logits)[label]);
  }

  /** By the logits. */
  static double[] gradient(double[] logits, int label) {
    double[] gradient = softmax(logits);
    gradient[label] -= 1;
    return gradient;
  }
}
