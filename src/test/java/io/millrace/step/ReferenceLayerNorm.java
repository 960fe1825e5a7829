package io.millrace.step;

/** Layer normalisation of rows {@code [T][H]}, biased variance, with its derivative written out. */
final class ReferenceLayerNorm {

  private final double[] weight;
  private final double[] bias;
  private final double[] weightGradient;
  private final double[] biasGradient;
  private final double epsilon;
  private double[][] normalised;
  private double[] deviations;

  ReferenceLayerNorm(ReferenceTensors tensors, String prefix, double epsilon) {
    weight = tensors.value(prefix + ".weight");
    bias = tensors.value(prefix + ".bias");
    weightGradient = tensors.gradient(prefix + ".weight");
    biasGradient = tensors.gradient(prefix + ".bias");
    this.epsilon = epsilon;
  }

  /** Remembers what {@link #backward} needs. */
  double[][] forward(double[][] x) {
    int width = weight.length;
    normalised = new double[x.length][width];
    deviations = new double[x.length];
    double[][] y = new double[x.length][width];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += value / width;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / width;
      }
      deviations[t] = Math.sqrt(variance + epsilon);
      for (int i = 0; i < width; i++) {
        normalised[t][i] = (x[t][i] - mean) / deviations[t];
        y[t][i] = weight[i] * normalised[t][i] + bias[i];
      }
    }
    return y;
  }

  /** Mean and deviation depend on every input, hence the two means that are taken off. */
  double[][] backward(double[][] dy) {
    int width = weight.length;
    double[][] dx = new double[dy.length][width];
    for (int t = 0; t < dy.length; t++) {
      double mean = 0;
      double projection = 0;
      for (int i = 0; i < width; i++) {
        weightGradient[i] += dy[t][i] * normalised[t][i];
        biasGradient[i] += dy[t][i];
        mean += dy[t][i] * weight[i] / width;
        projection += dy[t][i] * weight[i] * normalised[t][i] / width;
      }
      for (int i = 0; i < width; i++) {
        dx[t][i] = (dy[t][i] * weight[i] - mean - normalised[t][i] * projection) / deviations[t];
      }
    }
    return dx;
  }
}
