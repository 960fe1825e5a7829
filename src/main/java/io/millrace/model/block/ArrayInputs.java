package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.tokenize.TokenMatrix;
import java.util.Optional;

/**
 * A batch on the device.
 *
 * @param tokens the batch in Java memory
 * @param scope owns the arrays
 * @param ids {@code [B, T]} int64 rows of the table of words
 * @param wordTable the table that they are rows of; empty for the model's own, of which they are
 *     vocabulary ids
 * @param segments {@code [B, T]} int64
 * @param positions {@code [T]} int64
 * @param mask {@code [B, 1, 1, T]}; empty where nothing is padded
 */
record ArrayInputs(
    TokenMatrix tokens,
    NDManager scope,
    NDArray ids,
    Optional<NDArray> wordTable,
    NDArray segments,
    NDArray positions,
    Optional<NDArray> mask)
    implements Inputs<NDArray> {

  /**
   * @param words rows to read in place of the model's own table
   */
  static ArrayInputs of(NDManager scope, TokenMatrix tokens, Optional<WordRows> words) {
    Shape shape = new Shape(tokens.rows(), tokens.length());
    long[] ids = words.map(rows -> rows.rowsOf(tokens.ids())).orElse(tokens.ids());
    return new ArrayInputs(
        tokens,
        scope,
        scope.create(ids, shape),
        words.map(WordRows::table),
        scope.create(tokens.typeIds(), shape),
        scope.create(range(tokens.length())),
        tokens.tokens() == tokens.paddedTokens()
            ? Optional.empty()
            : Optional.of(mask(scope, tokens)));
  }

  @Override
  public int rows() {
    return tokens.rows();
  }

  @Override
  public int length() {
    return tokens.length();
  }

  @Override
  public NDArray shares() {
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
