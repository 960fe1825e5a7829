package io.millrace.step;

import ai.djl.ndarray.NDManager;
import io.millrace.optim.LazyAdamW;
import io.millrace.task.LossWeights;
import io.millrace.tokenize.TokenBatch;
import java.util.Optional;

/** A batch's forward and backward pass. */
@FunctionalInterface
interface BatchGradients {

  /**
   * A micro-batch's part of a step's loss and gradients.
   *
   * @param scope owns the result
   * @param weights of the whole step
   * @param taken word rows of the whole step
   */
  Objective.Gradients of(
      NDManager scope, TokenBatch batch, LossWeights weights, Optional<LazyAdamW.Taken> taken);
}
