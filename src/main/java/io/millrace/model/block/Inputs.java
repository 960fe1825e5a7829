package io.millrace.model.block;

import java.util.Optional;

/**
 * A batch of texts, besides the words themselves ({@link Weights#words}).
 *
 * @param <T> what stands for an array
 */
public interface Inputs<T> {

  /** {@code B}, the number of texts. */
  int rows();

  /** {@code T}, the padded length. */
  int length();

  /** {@code [B, T]} int64: the segment of each token. */
  T segments();

  /** {@code [T]} int64: 0, 1, … */
  T positions();

  /**
   * {@code [B, 1, 1, T]}, added to attention scores: 0 for a token, -infinity for padding. Empty
   * where nothing is padded, so that attention needs no pass for it.
   */
  Optional<T> mask();

  /** {@code [B, 1, T]}: 1/n for each of a text's n tokens, 0 for padding. */
  T shares();
}
