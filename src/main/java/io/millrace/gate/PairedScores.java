package io.millrace.gate;

import io.millrace.score.ExampleScore;
import java.util.List;

/**
 * Two models on the same examples, in the same order.
 *
 * @param challenger its predictions
 * @param champion the other's
 */
public record PairedScores(List<ExampleScore> challenger, List<ExampleScore> champion) {

  /**
   * @throws IllegalArgumentException where they are not on the same number of examples
   */
  public PairedScores {
    challenger = List.copyOf(challenger);
    champion = List.copyOf(champion);
    if (challenger.size() != champion.size()) {
      throw new IllegalArgumentException(
          "candidate and champion are compared on the same examples, not on %d and %d"
              .formatted(challenger.size(), champion.size()));
    }
  }

  int size() {
    return challenger.size();
  }

  /** The other way round. */
  PairedScores swapped() {
    return new PairedScores(champion, challenger);
  }

  /** Those of one true class. */
  PairedScores ofGroup(int group) {
    return new PairedScores(
        challenger.stream().filter(one -> one.isOf(group)).toList(),
        champion.stream().filter(one -> one.isOf(group)).toList());
  }

  /** Examples on which the challenger scores higher. */
  int better() {
    return higher(challenger, champion);
  }

  /** Examples on which the champion scores higher. */
  int worse() {
    return higher(champion, challenger);
  }

  /** How much lower the challenger's loss is on each example, in the task's unit. */
  double[] lossDecreases() {
    double[] decreases = new double[size()];
    for (int i = 0; i < decreases.length; i++) {
      decreases[i] = champion.get(i).loss() - challenger.get(i).loss();
    }
    return decreases;
  }

  /** Mean headline of the challenger; NaN without examples. */
  double challengerHeadline() {
    return headline(challenger);
  }

  /** Mean headline of the champion; NaN without examples. */
  double championHeadline() {
    return headline(champion);
  }

  private static double headline(List<ExampleScore> scores) {
    return scores.stream().mapToDouble(ExampleScore::headline).average().orElse(Double.NaN);
  }

  private static int higher(List<ExampleScore> one, List<ExampleScore> other) {
    int count = 0;
    for (int i = 0; i < one.size(); i++) {
      if (one.get(i).headline() > other.get(i).headline()) {
        count++;
      }
    }
    return count;
  }
}
