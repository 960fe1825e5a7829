package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.GradMode;
import java.util.List;
import java.util.Optional;

/**
 * What is minimised: weighted mean cross-entropy, {@code sum(w * ce) / sum(w)}, and its gradients.
 *
 * @param model the model
 * @param parameters what the gradients are by
 * @param words where the word embeddings' rows of a batch are taken from, instead of the whole
 *     table
 */
record Objective(TransformerClassifier model, NDList parameters, Optional<LazyWordRows> words) {

  /**
   * A batch's loss and gradients, owned by the scope that they were made in.
   *
   * @param loss a scalar, nats
   * @param gradients in the order of the parameters; behind them that of the word rows taken
   * @param taken the word rows that the batch was run with
   */
  record Gradients(NDArray loss, NDList gradients, Optional<LazyWordRows.Taken> taken) {}

  /** Runs forward and backward; outside {@code scope} nothing but word rows that lag changes. */
  Gradients gradients(NDManager scope, TokenBatch batch, boolean dropout) {
    Optional<LazyWordRows.Taken> taken =
        words.map(table -> table.take(scope, List.of(batch.tokens())));
    NDList by = new NDList(parameters);
    taken.ifPresent(rows -> by.add(rows.words().table()));
    try (GradMode recording = GradMode.recording()) {
      NDArray logits =
          model.forward(
              scope, batch.tokens(), taken.map(LazyWordRows.Taken::words).orElse(null), dropout);
      NDArray loss =
          model
              .operators()
              .crossEntropy(
                  logits, scope.create(batch.labels()), scope.create(shares(batch.examples())));
      return new Gradients(loss, model.operators().gradients(loss, by), taken);
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
