package io.millrace.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.optim.LazyAdamW;
import io.millrace.task.Loss;
import io.millrace.task.LossWeights;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.GradMode;
import java.util.List;
import java.util.Optional;

/**
 * A model's loss on examples, and its gradients.
 *
 * @param model the model
 * @param parameters what the gradients are by
 * @param loss what is minimised
 * @param words where the word embeddings' rows of a step are taken from, instead of the whole table
 */
public record Objective(
    TransformerClassifier model, NDList parameters, Loss loss, Optional<LazyAdamW> words) {

  /**
   * A batch's loss and gradients, owned by the scope that they were made in.
   *
   * @param loss a scalar, nats
   * @param gradients in the order of the parameters; behind them that of the word rows taken
   * @param taken the word rows that it was run with
   */
  record Gradients(NDArray loss, NDList gradients, Optional<LazyAdamW.Taken> taken) {}

  /**
   * The word rows that batches read, up to date.
   *
   * @param scope owns them
   */
  Optional<LazyAdamW.Taken> take(NDManager scope, List<TokenBatch> batches) {
    return words.map(rows -> rows.take(scope, batches.stream().map(TokenBatch::tokens).toList()));
  }

  /**
   * Runs forward and backward; nothing outside {@code scope} changes.
   *
   * @param weights of the step that the batch is a part of
   * @param taken word rows of at least this batch
   */
  Gradients gradients(
      NDManager scope,
      TokenBatch batch,
      LossWeights weights,
      Optional<LazyAdamW.Taken> taken,
      boolean dropout) {
    NDList by = new NDList(parameters);
    taken.ifPresent(rows -> by.add(rows.words().table()));
    try (GradMode recording = GradMode.recording()) {
      NDArray logits =
          model.forward(
              scope, batch.tokens(), taken.map(LazyAdamW.Taken::words).orElse(null), dropout);
      NDArray value = loss.of(model.operators(), scope, logits, batch, weights);
      return new Gradients(value, model.operators().gradients(value, by), taken);
    }
  }

  /** Whether a batch alone has a finite loss and gradient. */
  boolean isFinite(TokenBatch batch, double[] classWeights, boolean dropout) {
    try (NDManager scope = model.newScope()) {
      LossWeights weights = LossWeights.of(batch.examples(), classWeights);
      Gradients result = gradients(scope, batch, weights, take(scope, List.of(batch)), dropout);
      return Float.isFinite(result.loss().getFloat())
          && Double.isFinite(model.operators().globalNorm(result.gradients()));
    }
  }
}
