package io.millrace.pipeline;

import io.millrace.example.LabelSet;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Learns the label set from the stream: the labels of the first examples, in alphabetical order, as
 * soon as there are at least two and enough examples. One thread.
 */
final class LabelLearner {

  private final int learnFrom;
  private final int maxHeld;
  private final SortedSet<String> seen = new TreeSet<>();
  private int examples;

  /**
   * @param learnFrom examples to see first
   * @param maxHeld examples after which a single label is an error
   */
  LabelLearner(int learnFrom, int maxHeld) {
    this.learnFrom = learnFrom;
    this.maxHeld = maxHeld;
  }

  /**
   * Takes one more label.
   *
   * @return the label set once it is known
   * @throws PipelineException when so many examples were held that there must be a mistake
   */
  Optional<LabelSet> learn(String label) {
    seen.add(label);
    examples++;
    if (examples >= learnFrom && seen.size() >= 2) {
      return Optional.of(new LabelSet(new ArrayList<>(seen)));
    }
    if (examples >= maxHeld) {
      throw new PipelineException(
          "labels cannot be learned: %d examples arrived and all have the label \"%s\"; name the labels in millrace.labels.names, or raise millrace.labels.max-held"
              .formatted(examples, seen.first()));
    }
    return Optional.empty();
  }
}
