package io.millrace.model;

import ai.djl.ndarray.NDArray;

/**
 * Layer normalisation over the last dimension (Ba et al., arXiv:1607.06450).
 *
 * @param weight {@code [H]}
 * @param bias {@code [H]}
 * @param epsilon added to the variance
 */
record LayerNorm(NDArray weight, NDArray bias, float epsilon) {

  /** Normalises {@code [..., H]}. */
  NDArray apply(NDArray hidden) {
    return ai.djl.nn.norm.LayerNorm.layerNorm(hidden, weight.getShape(), weight, bias, epsilon)
        .head();
  }
}
