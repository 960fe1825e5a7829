package io.millrace.evaluation;

import java.util.Comparator;
import java.util.List;

/**
 * How well the probability of one label tells its examples from the others. Ties count half in the
 * area under the ROC curve (Mann and Whitney 1947) and as one threshold in the average precision.
 */
record Ranking(double rocAuc, double averagePrecision) {

  /**
   * NaN for the area where all examples or none are of the label; for the precision without any.
   */
  static Ranking of(List<Prediction> predictions, int label) {
    List<Prediction> ranked =
        predictions.stream()
            .sorted(Comparator.comparingDouble((Prediction p) -> p.probability(label)).reversed())
            .toList();
    double positives = ranked.stream().filter(p -> p.label() == label).count();
    double negatives = ranked.size() - positives;
    double pairs = 0;
    double precision = 0;
    double above = 0;
    double seen = 0;
    for (int from = 0; from < ranked.size(); ) {
      int to = from;
      double hits = 0;
      float threshold = ranked.get(from).probability(label);
      while (to < ranked.size() && ranked.get(to).probability(label) == threshold) {
        hits += ranked.get(to).label() == label ? 1 : 0;
        to++;
      }
      double misses = to - from - hits;
      pairs += misses * (above + hits / 2);
      above += hits;
      seen = to;
      precision += hits * above / seen;
      from = to;
    }
    return new Ranking(
        positives == 0 || negatives == 0 ? Double.NaN : pairs / (positives * negatives),
        positives == 0 ? Double.NaN : precision / positives);
  }
}
