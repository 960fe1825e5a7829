package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.block.WordRows;
import io.millrace.tokenize.TokenMatrix;

/**
 * A batch on the device.
 *
 * @param rows {@code B}
 * @param length {@code T}
 * @param ids {@code [B, T]} int64 rows of the word table
 * @param words the table they are rows of; null for the model's own, of which they are vocabulary
 *     ids
 * @param typeIds {@code [B, T]} int64 segment ids
 * @param positions {@code [T]} int64: 0, 1, …
 * @param mask {@code [B, 1, 1, T]} added to attention scores: 0 for a token, -infinity for padding;
 *     null where nothing is padded, so that attention needs no pass for it
 * @param training whether dropout is on
 */
record EncoderInput(
    int rows,
    int length,
    NDArray ids,
    NDArray words,
    NDArray typeIds,
    NDArray positions,
    NDArray mask,
    boolean training) {

  /**
   * @param words rows to read instead of the model's own table; null for that table
   */
  static EncoderInput of(NDManager scope, TokenMatrix tokens, WordRows words, boolean training) {
    Shape shape = new Shape(tokens.rows(), tokens.length());
    return new EncoderInput(
        tokens.rows(),
        tokens.length(),
        scope.create(words == null ? tokens.ids() : words.rowsOf(tokens.ids()), shape),
        words == null ? null : words.table(),
        scope.create(tokens.typeIds(), shape),
        scope.create(range(tokens.length())),
        tokens.tokens() == tokens.paddedTokens() ? null : mask(scope, tokens),
        training);
  }

  private static NDArray mask(NDManager scope, TokenMatrix tokens) {
    float[] scores = new float[tokens.mask().length];
    for (int cell = 0; cell < scores.length; cell++) {
      scores[cell] = tokens.mask()[cell] == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
    return scope.create(scores, new Shape(tokens.rows(), 1, 1, tokens.length()));
  }

  private static long[] range(int length) {
    long[] range = new long[length];
    for (int i = 0; i < length; i++) {
      range[i] = i;
    }
    return range;
  }
}
