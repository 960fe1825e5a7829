package io.millrace.training;

import ai.djl.ndarray.NDManager;
import io.millrace.tokenize.TokenBatch;

/** A batch's forward and backward pass. */
@FunctionalInterface
interface BatchGradients {

  /**
   * A micro-batch's part of a step's loss and gradients.
   *
   * @param scope owns the result
   * @param weights of the whole step
   */
  Objective.Gradients of(NDManager scope, TokenBatch batch, LossWeights weights);
}
