package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.GradMode;
import java.util.List;

/**
 * What is minimised: weighted mean cross-entropy, {@code sum(w * ce) / sum(w)}, and its gradients.
 *
 * @param model the model
 * @param parameters what the gradients are by
 */
record Objective(TransformerClassifier model, NDList parameters) {

  /**
   * A batch's loss and gradients, owned by the scope that they were made in.
   *
   * @param loss a scalar, nats
   * @param gradients in the order of the parameters
   */
  record Gradients(NDArray loss, NDList gradients) {}

  /** Runs forward and backward; nothing outside {@code scope} changes. */
  Gradients gradients(NDManager scope, TokenBatch batch, boolean dropout) {
    try (GradMode recording = GradMode.recording()) {
      NDArray logits = model.forward(scope, batch.tokens(), dropout);
      NDArray loss =
          model
              .operators()
              .crossEntropy(
                  logits, scope.create(batch.labels()), scope.create(shares(batch.examples())));
      return new Gradients(loss, model.operators().gradients(loss, parameters));
    }
  }

  /** Whether a batch alone has a finite loss and gradient. */
  boolean isFinite(TokenBatch batch, boolean dropout) {
    try (NDManager scope = model.newScope()) {
      Gradients result = gradients(scope, batch, dropout);
      return Float.isFinite(result.loss().getFloat())
          && Double.isFinite(model.operators().globalNorm(result.gradients()));
    }
  }

  /**
   * Weights divided by their sum, in double precision: examples that are finite each are then
   * finite together, since the loss is a mixture of theirs.
   */
  private static float[] shares(List<TokenizedExample> examples) {
    double sum = examples.stream().mapToDouble(TokenizedExample::weight).sum();
    float[] shares = new float[examples.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (examples.get(i).weight() / sum);
    }
    return shares;
  }
}
