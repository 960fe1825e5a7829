package io.millrace.step;

import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds the examples that are not finite alone, by halving: few culprits cost few passes. */
final class BadExampleBisection {

  private BadExampleBisection() {}

  /**
   * @param suspects examples that are not finite together
   * @param finite whether these examples have a finite loss and gradient together
   */
  static List<TokenizedExample> among(
      List<TokenizedExample> suspects, Predicate<List<TokenizedExample>> finite) {
    List<TokenizedExample> culprits = new ArrayList<>();
    collect(suspects, finite, culprits);
    return culprits;
  }

  /** Those of a step, batch by batch, since it is batches that fit into memory. */
  static List<TokenizedExample> among(MicroBatches step, Predicate<List<TokenizedExample>> finite) {
    return step.batches().stream()
        .flatMap(batch -> among(batch.examples(), finite).stream())
        .toList();
  }

  private static void collect(
      List<TokenizedExample> suspects,
      Predicate<List<TokenizedExample>> finite,
      List<TokenizedExample> culprits) {
    if (finite.test(suspects)) {
      return;
    }
    if (suspects.size() == 1) {
      culprits.add(suspects.get(0));
      return;
    }
    int middle = suspects.size() / 2;
    collect(suspects.subList(0, middle), finite, culprits);
    collect(suspects.subList(middle, suspects.size()), finite, culprits);
  }
}
