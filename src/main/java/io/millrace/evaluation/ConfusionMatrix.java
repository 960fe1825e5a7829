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

  static ConfusionMatrix of(List<Scored> scores, int labels) {
    long[][] counts = new long[labels][labels];
    for (Scored score : scores) {
      counts[score.label()][score.predicted()]++;
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

  ClassScore score(int label, String name) {
    long hits = counts[label][label];
    double precision = ratio(hits, predicted(label));
    double recall = ratio(hits, support(label));
    // 2TP / (2TP + FP + FN): defined whenever the class occurs on either side
    double f1 = ratio(2 * hits, predicted(label) + support(label));
    return new ClassScore(name, support(label), precision, recall, f1);
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
