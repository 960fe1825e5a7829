package io.millrace.step;

/** {@code y = x Wᵀ + b} on rows {@code [T][in]}, with its derivative written out. */
final class ReferenceLinear {

  private final double[] weight;
  private final double[] bias;
  private final double[] weightGradient;
  private final double[] biasGradient;
  private double[][] input;

  ReferenceLinear(ReferenceTensors tensors, String prefix) {
    weight = tensors.value(prefix + ".weight");
    bias = tensors.value(prefix + ".bias");
    weightGradient = tensors.gradient(prefix + ".weight");
    biasGradient = tensors.gradient(prefix + ".bias");
  }

  /** Remembers {@code x} for {@link #backward}. */
  double[][] forward(double[][] x) {
    input = x;
    int in = weight.length / bias.length;
    double[][] y = new double[x.length][bias.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < bias.length; o++) {
        double sum = bias[o];
        for (int i = 0; i < in; i++) {
          sum += x[t][i] * weight[o * in + i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  /** Adds to the gradients of weight and bias; returns that of the input. */
  double[][] backward(double[][] dy) {
    int in = weight.length / bias.length;
    double[][] dx = new double[dy.length][in];
    for (int t = 0; t < dy.length; t++) {
      for (int o = 0; o < bias.length; o++) {
        biasGradient[o] += dy[t][o];
        for (int i = 0; i < in; i++) {
          weightGradient[o * in + i] += dy[t][o] * input[t][i];
          dx[t][i] += dy[t][o] * weight[o * in + i];
        }
      }
    }
    return dx;
  }
}
