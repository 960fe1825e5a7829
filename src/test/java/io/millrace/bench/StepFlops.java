package io.millrace.bench;

import io.millrace.model.arch.BertConfig;

/**
 * Floating-point operations of the matrix products of one training step, counted by formula: a
 * multiply-add is two. Everything else (softmax, LayerNorm, GELU, dropout, the optimizer) is left
 * out, so that a share of the matrix-product peak says how much of a step is not products.
 *
 * @param config the encoder: {@code H} wide, {@code I} in the feed-forward, {@code L} layers
 * @param labels rows of the classifier
 * @param frozenLayers the lowest {@code k} layers, with the embeddings, are not trained; 0 where
 *     everything is
 */
record StepFlops(BertConfig config, int labels, int frozenLayers) {

  /**
   * Of one step. A trained product costs as much again for each of its two gradients; a frozen one
   * has none, and the lowest layer behind frozen ones needs none of its input.
   *
   * @param batch examples, {@code B}
   * @param tokens padded length, {@code T}
   */
  double of(int batch, int tokens) {
    int layers = config.numHiddenLayers();
    double layer = layerForward(batch, tokens);
    double backward = 2 * layer * (layers - frozenLayers);
    if (frozenLayers > 0) {
      backward -= 3 * product(batch * tokens, config.hiddenSize(), config.hiddenSize()); // Q, K, V
    }
    return layer * layers + backward + 3 * headForward(batch);
  }

  private double layerForward(int batch, int tokens) {
    int rows = batch * tokens;
    int width = config.hiddenSize();
    double projections = 4 * product(rows, width, width); // Q, K, V and the output
    double feedForward = 2 * product(rows, width, config.intermediateSize());
    double attention = 2 * product(rows, tokens, width); // scores, and values by them
    return projections + feedForward + attention;
  }

  private double headForward(int batch) {
    int width = config.hiddenSize();
    return product(batch, width, width) + product(batch, width, labels); // pooler and classifier
  }

  /** Of {@code [n, m]} times {@code [m, k]}. */
  private static double product(double n, double m, double k) {
    return 2 * n * m * k;
  }
}
