package io.millrace.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.TorchOps;

/** What a step minimises: a weighted mean over all examples of the step. */
public interface Loss {

  /**
   * A micro-batch's part of the step's loss: the parts of all its micro-batches add up to it.
   *
   * @param scope owns what this makes
   * @param outputs {@code [B, L]}
   * @param batch whose {@code B} examples they are of
   * @param weights of the whole step
   * @return a scalar
   */
  NDArray of(
      TorchOps operators, NDManager scope, NDArray outputs, TokenBatch batch, LossWeights weights);
}
