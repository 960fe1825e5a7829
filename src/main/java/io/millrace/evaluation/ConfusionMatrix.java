package io.millrace.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Counts by true and predicted label. Immutable once made.
 *
 * @param counts {@code [L][L]}, row the true label, column the predicted one
 */
@SuppressWarnings("ArrayRecordComponent")
record ConfusionMatrix(long[][] counts) {

  static ConfusionMatrix of(List<Prediction> predictions, int labels) {
    long[][] counts = new long[labels][labels];
    for (Prediction prediction : predictions) {
      counts[prediction.label()][prediction.scored().predicted()]++;
    }
    return new ConfusionMatrix(counts);
  }

  long total() {
    return LongStream.range(0, counts.length).map(row -> support((int) row)).sum();
  }

  /** Examples whose true label this is. */
  long support(int label) {
    return LongStream.of(counts[label]).sum();
  }

  long predicted(int label) {
    long sum = 0;
    for (long[] row : counts) {
      sum += row[label];
    }
    return sum;
  }

  double accuracy() {
    long correct = 0;
    for (int i = 0; i < counts.length; i++) {
      correct += counts[i][i];
    }
    return ratio(correct, total());
  }

  /** Matthews' correlation coefficient; NaN where one answer or one label is all there is. */
  double correlation() {
    double total = total();
    double hits = 0;
    double products = 0;
    double predictions = 0;
    double truths = 0;
    for (int label = 0; label < counts.length; label++) {
      hits += counts[label][label];
      products += (double) predicted(label) * support(label);
      predictions += (double) predicted(label) * predicted(label);
      truths += (double) support(label) * support(label);
    }
    double norm = Math.sqrt(total * total - predictions) * Math.sqrt(total * total - truths);
    return norm == 0 ? Double.NaN : (hits * total - products) / norm;
  }

  ClassScore score(int label, String name, Ranking ranking) {
    long hits = counts[label][label];
    double precision = ratio(hits, predicted(label));
    double recall = ratio(hits, support(label));
    // 2TP / (2TP + FP + FN): defined whenever the class occurs on either side
    double f1 = ratio(2 * hits, predicted(label) + support(label));
    return new ClassScore(
        name,
        support(label),
        precision,
        recall,
        f1,
        ranking.rocAuc(),
        ranking.averagePrecision(),
        Interval.ofShare(hits, predicted(label)),
        Interval.ofShare(hits, support(label)));
  }

  List<List<Long>> rows() {
    List<List<Long>> rows = new ArrayList<>();
    for (long[] row : counts) {
      rows.add(LongStream.of(row).boxed().toList());
    }
    return rows;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
