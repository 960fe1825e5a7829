package io.millrace.model;

import ai.djl.ndarray.NDArray;

/**
 * Sets a share of values to 0 while training and scales the others up.
 *
 * @param probability the share
 */
record Dropout(float probability) {

  Dropout(double probability) {
    this((float) probability);
  }

  NDArray apply(NDArray values, boolean training) {
    return training && probability > 0
        ? ai.djl.nn.norm.Dropout.dropout(values, probability, true).head()
        : values;
  }
}
