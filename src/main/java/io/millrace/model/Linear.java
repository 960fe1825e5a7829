package io.millrace.model;

import ai.djl.ndarray.NDArray;

/**
 * An affine map.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}
 */
record Linear(NDArray weight, NDArray bias) {

  /**
   * Applies it to {@code [N, in]}, giving {@code [N, out]}. Two dimensions matter: only then does
   * libtorch add the bias inside the product instead of in a pass of its own.
   */
  NDArray apply(NDArray rows) {
    return ai.djl.nn.core.Linear.linear(rows, weight, bias).head();
  }
}
