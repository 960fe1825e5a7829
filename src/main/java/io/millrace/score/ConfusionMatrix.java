package io.millrace.score;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Counts by true and predicted label. */
final class ConfusionMatrix {

  private ConfusionMatrix() {}

  /** {@code [L][L]}, row the true label, column the predicted one. */
  static List<List<Long>> of(List<Prediction> predictions, int labels) {
    long[][] counts = new long[labels][labels];
    for (Prediction prediction : predictions) {
      counts[prediction.label()][prediction.scored().predicted()]++;
    }
    return Stream.of(counts).map(row -> LongStream.of(row).boxed().toList()).toList();
  }
}
