package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.GradMode;

/**
 * A model's loss on examples, and its gradients.
 *
 * @param model the model
 * @param parameters what the gradients are by
 * @param loss what is minimised
 */
record Objective(TransformerClassifier model, NDList parameters, Loss loss) {

  /**
   * A batch's loss and gradients, owned by the scope that they were made in.
   *
   * @param loss a scalar, nats
   * @param gradients in the order of the parameters
   */
  record Gradients(NDArray loss, NDList gradients) {}

  /**
   * Runs forward and backward; nothing outside {@code scope} changes.
   *
   * @param weights of the step that the batch is a part of
   */
  Gradients gradients(NDManager scope, TokenBatch batch, LossWeights weights, boolean dropout) {
    try (GradMode recording = GradMode.recording()) {
      NDArray logits = model.forward(scope, batch.tokens(), dropout);
      NDArray value = loss.of(model.operators(), scope, logits, batch, weights);
      return new Gradients(value, model.operators().gradients(value, parameters));
    }
  }

  /** Whether a batch alone has a finite loss and gradient. */
  boolean isFinite(TokenBatch batch, double[] classWeights, boolean dropout) {
    try (NDManager scope = model.newScope()) {
      LossWeights weights = LossWeights.of(batch.examples(), classWeights);
      Gradients result = gradients(scope, batch, weights, dropout);
      return Float.isFinite(result.loss().getFloat())
          && Double.isFinite(model.operators().globalNorm(result.gradients()));
    }
  }
}
