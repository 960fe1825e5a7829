package io.millrace.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.inference.GTest;

/**
 * A G-test (Woolf 1957; likelihood ratio, chi-squared, with the correction of Williams 1976,
 * without which many labels alarm three times too often) of the labels of one window against those
 * of the window before: whether they come from the same distribution. Examples are taken to be
 * independent of each other: a stream sorted by label alarms always. Windows do not overlap, so
 * that tests are independent and the false-alarm rate is that of each. One thread.
 */
public final class LabelShift {

  /** Below that the chi-squared distribution is no approximation: such labels count as one. */
  private static final double LEAST_EXPECTED = 5;

  private final int window;
  private List<Long> reference;
  private List<Long> recent;

  /**
   * @param window labels in each window
   */
  LabelShift(int window, State state) {
    this.window = window;
    this.reference = new ArrayList<>(state.reference());
    this.recent = new ArrayList<>(state.recent());
  }

  /**
   * Takes a label.
   *
   * @return after the last label of a window, the p-value of its labels against the window before
   */
  Optional<Double> update(int label) {
    while (recent.size() <= label) {
      recent.add(0L);
    }
    recent.set(label, recent.get(label) + 1);
    if (sum(recent) < window) {
      return Optional.empty();
    }
    List<Long> before = reference;
    reference = recent;
    recent = new ArrayList<>();
    return before.isEmpty() ? Optional.empty() : Optional.of(pValue(before, reference));
  }

  State state() {
    return new State(reference, recent);
  }

  /** 1 where all labels are too rare to tell, or there is one only. */
  static double pValue(List<Long> one, List<Long> other) {
    double ofOne = sum(one);
    double ofOther = sum(other);
    double smaller = Math.min(ofOne, ofOther) / (ofOne + ofOther);
    List<long[]> columns = new ArrayList<>();
    long[] rare = new long[2];
    for (int label = 0; label < Math.max(one.size(), other.size()); label++) {
      long a = label < one.size() ? one.get(label) : 0;
      long b = label < other.size() ? other.get(label) : 0;
      if ((a + b) * smaller < LEAST_EXPECTED) {
        rare[0] += a;
        rare[1] += b;
      } else {
        columns.add(new long[] {a, b});
      }
    }
    if ((rare[0] + rare[1]) * smaller >= LEAST_EXPECTED) {
      columns.add(rare);
    }
    int freedom = columns.size() - 1;
    if (freedom < 1) {
      return 1;
    }
    double g = GTest.withDefaults().statistic(columns.toArray(long[][]::new));
    return ChiSquaredDistribution.of(freedom)
        .survivalProbability(g / williams(columns, ofOne, ofOther));
  }

  /** The correction of Williams 1976, which the library lacks. */
  private static double williams(List<long[]> columns, double ofOne, double ofOther) {
    double all = ofOne + ofOther;
    double reciprocals = columns.stream().mapToDouble(cell -> 1.0 / (cell[0] + cell[1])).sum();
    return 1
        + (all / ofOne + all / ofOther - 1)
            * (all * reciprocals - 1)
            / (6 * all * (columns.size() - 1));
  }

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * What a checkpoint keeps: counts by label.
   *
   * @param reference of the window before; empty in the first
   * @param recent of the window under way
   */
  record State(List<Long> reference, List<Long> recent) {
    static final State START = new State(List.of(), List.of());

    State {
      reference = List.copyOf(reference);
      recent = List.copyOf(recent);
    }
  }
}
