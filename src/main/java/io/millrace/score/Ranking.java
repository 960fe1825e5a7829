package io.millrace.score;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Examples by falling probability of one label. Ties count half in the area under the ROC curve
 * (Mann and Whitney 1947) and as one threshold in the average precision. Immutable.
 */
final class Ranking {

  private final int[] order;
  private final boolean[] positive;
  private final boolean[] closesTie;

  private Ranking(int[] order, boolean[] positive, boolean[] closesTie) {
    this.order = order;
    this.positive = positive;
    this.closesTie = closesTie;
  }

  static Ranking of(List<Prediction> predictions, int label) {
    int[] order =
        IntStream.range(0, predictions.size())
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer i) -> predictions.get(i).probability(label))
                    .reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    boolean[] positive = new boolean[order.length];
    boolean[] closesTie = new boolean[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      Prediction own = predictions.get(order[rank]);
      positive[rank] = own.label() == label;
      closesTie[rank] =
          rank + 1 == order.length
              || predictions.get(order[rank + 1]).probability(label) != own.probability(label);
    }
    return new Ranking(order, positive, closesTie);
  }

  /**
   * How well the probability tells the label's examples from the others.
   *
   * @param times how often each example counts, in the order of the predictions
   */
  Areas areas(int[] times) {
    long above = 0;
    long positivesAbove = 0;
    long tied = 0;
    long hits = 0;
    double misordered = 0;
    double precision = 0;
    for (int rank = 0; rank < order.length; rank++) {
      int count = times[order[rank]];
      tied += count;
      if (positive[rank]) {
        hits += count;
      }
      if (closesTie[rank]) {
        if (hits > 0) { // rare with many labels, and a bootstrap comes by often
          misordered += hits * (above - positivesAbove + (tied - hits) / 2.0);
          positivesAbove += hits;
          precision += (double) hits * positivesAbove / (above + tied);
        }
        above += tied;
        tied = 0;
        hits = 0;
      }
    }
    double positives = positivesAbove;
    double pairs = positives * (above - positivesAbove);
    return new Areas(
        pairs == 0 ? Double.NaN : 1 - misordered / pairs,
        positives == 0 ? Double.NaN : precision / positives);
  }

  /**
   * Areas under two curves.
   *
   * @param rocAuc NaN where all examples or none are of the label
   * @param averagePrecision NaN where none is
   */
  record Areas(double rocAuc, double averagePrecision) {}
}
