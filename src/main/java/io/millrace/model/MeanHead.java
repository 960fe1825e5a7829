package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.tokenize.TokenMatrix;

/**
 * Mean over a text's tokens, dropout, classifier: the pooling of sentence-transformers (Reimers and
 * Gurevych, arXiv:1908.10084) under a linear classifier.
 *
 * @param dropout before the classifier
 * @param classifier {@code [L, H]}
 */
record MeanHead(Dropout dropout, Linear classifier) implements Head {

  @Override
  public NDArray apply(NDArray hidden, TokenMatrix tokens, boolean training) {
    // One product, [B, 1, T] with [B, T, H]: masking first would copy all hidden states.
    NDArray mean = shares(hidden.getManager(), tokens).matMul(hidden).squeeze(1);
    return classifier.apply(dropout.apply(mean, training));
  }

  /** {@code [B, 1, T]}: 1/n for each of a text's n tokens, 0 for padding. */
  private static NDArray shares(NDManager scope, TokenMatrix tokens) {
    float[] shares = new float[tokens.paddedTokens()];
    for (int row = 0; row < tokens.rows(); row++) {
      int from = row * tokens.length();
      int length = 0;
      for (int column = 0; column < tokens.length(); column++) {
        length += (int) tokens.mask()[from + column];
      }
      for (int column = 0; column < tokens.length(); column++) {
        shares[from + column] = (float) tokens.mask()[from + column] / length;
      }
    }
    return scope.create(shares, new Shape(tokens.rows(), 1, tokens.length()));
  }
}
