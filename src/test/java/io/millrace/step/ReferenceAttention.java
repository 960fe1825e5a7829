package io.millrace.step;

/** Multi-head self-attention of one text {@code [T][H]}, with its derivative written out. */
final class ReferenceAttention {

  /** What Hugging Face adds to the scores of padding: the least float32. */
  private static final double PADDING = -Float.MAX_VALUE;

  private final ReferenceLinear query;
  private final ReferenceLinear key;
  private final ReferenceLinear value;
  private final int heads;
  private double[][] q;
  private double[][] k;
  private double[][] v;
  private double[][][] probabilities;

  ReferenceAttention(ReferenceTensors tensors, String prefix, int heads) {
    query = new ReferenceLinear(tensors, prefix + "query");
    key = new ReferenceLinear(tensors, prefix + "key");
    value = new ReferenceLinear(tensors, prefix + "value");
    this.heads = heads;
  }

  /**
   * @param mask {@code [T]} 1 for a token, 0 for padding
   */
  double[][] forward(double[][] x, long[] mask) {
    q = query.forward(x);
    k = key.forward(x);
    v = value.forward(x);
    int length = x.length;
    int size = q[0].length / heads;
    probabilities = new double[heads][length][];
    double[][] context = new double[length][q[0].length];
    for (int head = 0; head < heads; head++) {
      for (int t = 0; t < length; t++) {
        double[] scores = new double[length];
        for (int s = 0; s < length; s++) {
          for (int i = head * size; i < (head + 1) * size; i++) {
            scores[s] += q[t][i] * k[s][i] / Math.sqrt(size);
          }
          scores[s] += (1 - mask[s]) * PADDING;
        }
        double[] weights = ReferenceLoss.softmax(scores);
        probabilities[head][t] = weights;
        for (int s = 0; s < length; s++) {
          for (int i = head * size; i < (head + 1) * size; i++) {
            context[t][i] += weights[s] * v[s][i];
          }
        }
      }
    }
    return context;
  }

  double[][] backward(double[][] dContext) {
    int length = q.length;
    int size = q[0].length / heads;
    double[][] dq = new double[length][q[0].length];
    double[][] dk = new double[length][q[0].length];
    double[][] dv = new double[length][q[0].length];
    for (int head = 0; head < heads; head++) {
      for (int t = 0; t < length; t++) {
        double[] weights = probabilities[head][t];
        double[] dWeights = new double[length];
        double mean = 0;
        for (int s = 0; s < length; s++) {
          for (int i = head * size; i < (head + 1) * size; i++) {
            dWeights[s] += dContext[t][i] * v[s][i];
            dv[s][i] += weights[s] * dContext[t][i];
          }
          mean += weights[s] * dWeights[s];
        }
        for (int s = 0; s < length; s++) {
          double dScore = weights[s] * (dWeights[s] - mean) / Math.sqrt(size);
          for (int i = head * size; i < (head + 1) * size; i++) {
            dq[t][i] += dScore * k[s][i];
            dk[s][i] += dScore * q[t][i];
          }
        }
      }
    }
    return ReferenceLayer.sum(
        query.backward(dq), ReferenceLayer.sum(key.backward(dk), value.backward(dv)));
  }
}
