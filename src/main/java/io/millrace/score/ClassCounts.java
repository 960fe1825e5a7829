package io.millrace.score;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Counts by class, of which precision, recall, F1 and correlation are made. What is undefined is
 * NaN. Immutable once made.
 *
 * @param support {@code [L]}: examples of the class
 * @param predicted {@code [L]}: examples answered with it
 * @param hits {@code [L]}: both
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or writes it
record ClassCounts(long[] support, long[] predicted, long[] hits) {

  private int labels() {
    return support.length;
  }

  double accuracy() {
    return ratio(LongStream.of(hits).sum(), LongStream.of(support).sum());
  }

  /** 2TP / (2TP + FP + FN): defined whenever the class occurs on either side. */
  double f1(int label) {
    return ratio(2 * hits[label], predicted[label] + support[label]);
  }

  /** Mean over the classes that have examples. */
  double macroF1() {
    return present().mapToDouble(this::f1).average().orElse(Double.NaN);
  }

  /** Mean over the classes that have examples, weighted by their number. */
  double weightedF1() {
    double total = LongStream.of(support).sum();
    DoubleStream shares = present().mapToDouble(label -> f1(label) * support[label] / total);
    return total == 0 ? Double.NaN : shares.sum();
  }

  private IntStream present() {
    return IntStream.range(0, labels()).filter(label -> support[label] > 0);
  }

  /** Matthews' correlation coefficient; NaN where one answer or one label is all there is. */
  double correlation() {
    double total = LongStream.of(support).sum();
    double products = 0;
    double predictions = 0;
    double truths = 0;
    for (int label = 0; label < labels(); label++) {
      products += (double) predicted[label] * support[label];
      predictions += (double) predicted[label] * predicted[label];
      truths += (double) support[label] * support[label];
    }
    double norm = Math.sqrt(total * total - predictions) * Math.sqrt(total * total - truths);
    return norm == 0 ? Double.NaN : (LongStream.of(hits).sum() * total - products) / norm;
  }

  ClassScore score(int label, String name, Ranking.Areas areas) {
    return new ClassScore(
        name,
        support[label],
        ratio(hits[label], predicted[label]),
        ratio(hits[label], support[label]),
        f1(label),
        areas.rocAuc(),
        areas.averagePrecision(),
        Interval.ofShare(hits[label], predicted[label]),
        Interval.ofShare(hits[label], support[label]));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
