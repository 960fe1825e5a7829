package io.millrace.model.block;

import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The operators that architectures are written in. An implementation computes them on a device, or
 * follows shapes only; one that records a graph for another runtime would be a third. So an
 * architecture says once what it computes, and never touches an array itself.
 *
 * <p>What an operator returns belongs to the pass that it is called in.
 *
 * @param <T> what stands for an array
 */
public interface Ops<T> {

  /**
   * The same values in another shape, row-major.
   *
   * @param sizes one of them may be -1: what is left
   */
  T reshape(T array, long... sizes);

  /** The same values with their dimensions in another order. */
  T transpose(T array, int... axes);

  /** Elementwise, with broadcasting. */
  T add(T one, T other);

  /** {@code [..., n, k]} times {@code [..., k, m]}, giving {@code [..., n, m]}. */
  T matMul(T one, T other);

  /** {@code [B, T, H]} to {@code [B, H]}: the first row of each. */
  T first(T hidden);

  /**
   * Rows of a table.
   *
   * @param rows {@code [...]} int64
   * @param table {@code [n, H]}
   * @return {@code [..., H]}
   */
  T lookUp(T rows, T table);

  /**
   * An affine map of {@code [N, in]}, giving {@code [N, out]}. Two dimensions matter: only then
   * does libtorch add the bias inside the product instead of in a pass of its own.
   *
   * @param weight {@code [out, in]}
   * @param bias {@code [out]}
   */
  T linear(T rows, T weight, T bias);

  /**
   * Layer normalisation over the last dimension (Ba et al., arXiv:1607.06450).
   *
   * @param weight {@code [H]}
   * @param bias {@code [H]}
   * @param epsilon added to the variance
   */
  T layerNorm(T hidden, T weight, T bias, double epsilon);

  /** {@code x * Φ(x)}, exact. */
  T gelu(T array);

  T tanh(T array);

  /** While training: sets a share of the values to 0 and scales the others up. */
  T dropout(T array, double probability);

  /**
   * Scaled dot-product attention, {@code softmax(Q K^T / sqrt(d) + mask) V}.
   *
   * @param query {@code [B, heads, T, d]}
   * @param key {@code [B, heads, T, d]}
   * @param value {@code [B, heads, T, d]}
   * @param mask {@code [B, 1, 1, T]}, 0 for a token and -infinity for padding
   * @param dropout on the attention probabilities, while training
   * @return {@code [B, heads, T, d]}
   */
  T attention(T query, T key, T value, Optional<T> mask, double dropout);

  /**
   * One layer. Whatever it makes on the way may be freed when it ends; only its result lives on.
   *
   * @param hidden what goes in; it belongs to the layer from then on
   */
  T layer(T hidden, UnaryOperator<T> body);

  /** The shape, for an architecture that depends on it. */
  Shape shape(T array);
}
