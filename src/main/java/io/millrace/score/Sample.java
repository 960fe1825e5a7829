package io.millrace.score;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Scored examples of which each may count several times, as a bootstrap draws them. Immutable once
 * made.
 *
 * @param truths {@code [N]}: true labels
 * @param answers {@code [N]}: predicted ones
 * @param rankings {@code [L]}: by the probability of each label
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or writes it
record Sample(int[] truths, int[] answers, List<Ranking> rankings) {

  static Sample of(List<Prediction> predictions, int labels) {
    return new Sample(
        predictions.stream().mapToInt(Prediction::label).toArray(),
        predictions.stream().mapToInt(prediction -> prediction.scored().predicted()).toArray(),
        IntStream.range(0, labels).mapToObj(label -> Ranking.of(predictions, label)).toList());
  }

  int size() {
    return truths.length;
  }

  /** Each counts once. */
  int[] once() {
    int[] times = new int[size()];
    Arrays.fill(times, 1);
    return times;
  }

  ClassCounts counts(int[] times) {
    int labels = rankings.size();
    long[] support = new long[labels];
    long[] predicted = new long[labels];
    long[] hits = new long[labels];
    for (int i = 0; i < times.length; i++) {
      support[truths[i]] += times[i];
      predicted[answers[i]] += times[i];
      hits[truths[i]] += truths[i] == answers[i] ? times[i] : 0;
    }
    return new ClassCounts(support, predicted, hits);
  }

  SetScores scores(int[] times) {
    ClassCounts counts = counts(times);
    // With two labels each ranking is the other's mirror: one curve, by custom the second's.
    List<Ranking.Areas> areas =
        rankings.stream().skip(rankings.size() == 2 ? 1 : 0).map(one -> one.areas(times)).toList();
    return new SetScores(
        counts.macroF1(),
        counts.weightedF1(),
        counts.correlation(),
        mean(areas.stream().mapToDouble(Ranking.Areas::rocAuc)),
        mean(areas.stream().mapToDouble(Ranking.Areas::averagePrecision)));
  }

  private static double mean(DoubleStream values) {
    return values.filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
  }
}
