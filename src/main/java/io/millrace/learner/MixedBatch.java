package io.millrace.learner;

import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.util.List;
import java.util.Set;

/**
 * A batch whose examples are told apart: only the new ones are scored, counted as trained and
 * dead-lettered.
 *
 * @param batch all of them
 * @param fresh those that were never trained on before, in the batch's order
 * @param replayed those drawn from the replay buffer
 */
record MixedBatch(TokenBatch batch, List<TokenizedExample> fresh, List<TokenizedExample> replayed) {

  /**
   * @param drawn what was drawn from the replay buffer for all batches of a chunk
   */
  static MixedBatch of(TokenBatch batch, Set<TokenizedExample> drawn) {
    return drawn.isEmpty()
        ? new MixedBatch(batch, batch.examples(), List.of())
        : new MixedBatch(batch, without(batch.examples(), drawn), within(batch.examples(), drawn));
  }

  /** Those of a step. */
  static List<MixedBatch> all(List<TokenBatch> step, Set<TokenizedExample> drawn) {
    return step.stream().map(batch -> of(batch, drawn)).toList();
  }

  static List<TokenizedExample> without(
      List<TokenizedExample> examples, Set<TokenizedExample> others) {
    return others.isEmpty()
        ? examples
        : examples.stream().filter(example -> !others.contains(example)).toList();
  }

  static List<TokenizedExample> within(
      List<TokenizedExample> examples, Set<TokenizedExample> others) {
    return others.isEmpty() ? List.of() : examples.stream().filter(others::contains).toList();
  }
}
