package io.millrace.step;

import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The examples of one step, in the batches that go through the model one after another.
 *
 * @param batches in their order
 */
record MicroBatches(List<TokenBatch> batches) {

  MicroBatches {
    batches = List.copyOf(batches);
  }

  static MicroBatches of(List<TokenizedExample> examples) {
    return new MicroBatches(List.of(TokenBatch.of(examples)));
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  List<TokenizedExample> examples() {
    return batches.size() == 1
        ? batches.get(0).examples()
        : batches.stream().flatMap(batch -> batch.examples().stream()).toList();
  }

  /**
   * @throws IllegalArgumentException naming the example whose label the model does not have
   */
  void requireLabelsBelow(int numLabels) {
    for (TokenizedExample example : examples()) {
      if (!example.target().fits(numLabels)) {
        throw new IllegalArgumentException(
            "label %d at %s is outside the model's %d labels"
                .formatted(example.target().group(), example.position(), numLabels));
      }
    }
  }

  /** How many examples each has. */
  List<Integer> sizes() {
    return batches.stream().map(TokenBatch::size).toList();
  }

  /**
   * With half the examples in each that is at least as large, padding included, as one that did not
   * fit: those would not fit either.
   *
   * @param failed one of these, with more than one example
   */
  MicroBatches halved(TokenBatch failed) {
    int limit = failed.tokens().paddedTokens();
    return new MicroBatches(
        batches.stream()
            .flatMap(
                batch ->
                    batch.size() > 1 && batch.tokens().paddedTokens() >= limit
                        ? halves(batch)
                        : Stream.of(batch))
            .toList());
  }

  /** A batch of more than one example, cut in two. */
  static Stream<TokenBatch> halves(TokenBatch batch) {
    int middle = batch.size() / 2;
    return Stream.of(
        TokenBatch.of(batch.examples().subList(0, middle)),
        TokenBatch.of(batch.examples().subList(middle, batch.size())));
  }

  /** Without these very examples, in the same batches otherwise; one that is left empty goes. */
  MicroBatches without(List<TokenizedExample> examples) {
    Set<TokenizedExample> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    gone.addAll(examples);
    return new MicroBatches(
        batches.stream()
            .map(batch -> batch.examples().stream().filter(e -> !gone.contains(e)).toList())
            .filter(left -> !left.isEmpty())
            .map(TokenBatch::of)
            .toList());
  }
}
