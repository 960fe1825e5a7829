package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.TorchOps;
import java.util.Optional;

/**
 * One forward pass on a device: what an architecture is run with.
 *
 * @param ops compute
 * @param weights of the model
 * @param inputs the batch
 */
public record Pass(Ops<NDArray> ops, Weights<NDArray> weights, Inputs<NDArray> inputs) {

  /**
   * Puts a batch on the device.
   *
   * @param scope owns the batch and all that the pass makes
   * @param words rows to read in place of the table of words, for all tokens of the batch
   * @param training whether dropout is on
   */
  public static Pass of(
      NDManager scope,
      TorchOps operators,
      ModelParameters parameters,
      TokenMatrix tokens,
      Optional<WordRows> words,
      boolean training) {
    ArrayOps ops = new ArrayOps(operators, scope, training);
    ArrayInputs inputs = ArrayInputs.of(scope, tokens, words);
    return new Pass(ops, new ArrayWeights(parameters, ops, inputs), inputs);
  }
}
