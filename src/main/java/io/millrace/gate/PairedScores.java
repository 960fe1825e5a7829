package io.millrace.gate;

import io.millrace.score.Scored;
import java.util.List;

/**
 * Two models on the same examples, in the same order.
 *
 * @param challenger its predictions
 * @param champion the other's
 */
public record PairedScores(List<Scored> challenger, List<Scored> champion) {

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

  /** Those of one label. */
  PairedScores ofLabel(int label) {
    return new PairedScores(
        challenger.stream().filter(one -> one.label() == label).toList(),
        champion.stream().filter(one -> one.label() == label).toList());
  }

  /** Examples that only the challenger gets right. */
  int better() {
    return onlyRight(challenger, champion);
  }

  /** Examples that only the champion gets right. */
  int worse() {
    return onlyRight(champion, challenger);
  }

  /** How much lower the challenger's loss is on each example, nats. */
  double[] lossDecreases() {
    double[] decreases = new double[size()];
    for (int i = 0; i < decreases.length; i++) {
      decreases[i] = champion.get(i).loss() - challenger.get(i).loss();
    }
    return decreases;
  }

  /** Share correct of the challenger; NaN without examples. */
  double challengerAccuracy() {
    return accuracy(challenger);
  }

  /** Share correct of the champion; NaN without examples. */
  double championAccuracy() {
    return accuracy(champion);
  }

  private static double accuracy(List<Scored> scores) {
    return scores.stream().mapToDouble(one -> one.correct() ? 1 : 0).average().orElse(Double.NaN);
  }

  private static int onlyRight(List<Scored> one, List<Scored> other) {
    int count = 0;
    for (int i = 0; i < one.size(); i++) {
      if (one.get(i).correct() && !other.get(i).correct()) {
        count++;
      }
    }
    return count;
  }
}
