package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.Bert;
import io.millrace.model.block.Pass;
import io.millrace.tokenize.TokenMatrix;

/** What BERT's last layer leaves, below the head. */
final class HiddenStates {

  private HiddenStates() {}

  /** {@code [B, T, H]}, in {@code scope}. */
  static NDArray of(TransformerClassifier model, NDManager scope, TokenMatrix tokens) {
    Pass pass = model.pass(scope, tokens, null, false);
    return ((Bert) model.architecture()).hidden(pass.ops(), pass.weights(), pass.inputs());
  }
}
