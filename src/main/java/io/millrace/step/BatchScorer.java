package io.millrace.step;

import ai.djl.engine.EngineException;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Scores batches, in halves where memory does not suffice: a batch that a step would split must not
 * end training while it is scored. Thread-safe where the function is.
 */
public final class BatchScorer {

  private final Function<TokenMatrix, float[][]> logits;

  /**
   * @param logits a model's {@code [B][L]} for a batch's tokens
   */
  public BatchScorer(Function<TokenMatrix, float[][]> logits) {
    this.logits = logits;
  }

  /**
   * Scores each example, in the batch's order.
   *
   * @param onLogits takes an example and its {@code [L]}; not called for one that does not fit into
   *     memory alone
   */
  public void score(TokenBatch batch, BiConsumer<TokenizedExample, float[]> onLogits) {
    float[][] rows;
    try {
      rows = logits.apply(batch.tokens());
    } catch (EngineException e) {
      if (!BatchTooLargeException.isOutOfMemory(e)) {
        throw e;
      }
      if (batch.size() > 1) {
        MicroBatches.halves(batch).forEach(half -> score(half, onLogits));
      }
      return;
    }
    for (int row = 0; row < rows.length; row++) {
      onLogits.accept(batch.examples().get(row), rows[row]);
    }
  }
}
