package io.millrace.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * A G-test (Woolf 1957; likelihood ratio, chi-squared, with the correction of Williams 1976,
 * without which many labels alarm three times too often) of the labels of one window against those
 * of the window before: whether they come from the same distribution. Examples are taken to be
 * independent of each other: a stream sorted by label alarms always. Windows do not overlap, so
 * that tests are independent and the false-alarm rate is that of each. One thread.
 */
final class LabelShift {

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
   * @return behind the last of a window, the p-value of its labels against the one before
   */
  Optional<Double> update(int label) {
    while (recent.size() <= label) {
      recent.add(0L);
    }
    recent.set(label, recent.get(label) + 1);
    if (recent.stream().mapToLong(Long::longValue).sum() < window) {
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
    double ofOne = one.stream().mapToLong(Long::longValue).sum();
    double ofOther = other.stream().mapToLong(Long::longValue).sum();
    double g = 0;
    double reciprocals = 0;
    int cells = 0;
    long rareOne = 0;
    long rareOther = 0;
    for (int label = 0; label < Math.max(one.size(), other.size()); label++) {
      long a = label < one.size() ? one.get(label) : 0;
      long b = label < other.size() ? other.get(label) : 0;
      if ((a + b) * Math.min(ofOne, ofOther) / (ofOne + ofOther) < LEAST_EXPECTED) {
        rareOne += a;
        rareOther += b;
      } else {
        g += term(a, ofOne, a + b, ofOne + ofOther) + term(b, ofOther, a + b, ofOne + ofOther);
        reciprocals += 1.0 / (a + b);
        cells++;
      }
    }
    double rare = rareOne + rareOther;
    if (rare * Math.min(ofOne, ofOther) / (ofOne + ofOther) >= LEAST_EXPECTED) {
      g +=
          term(rareOne, ofOne, rare, ofOne + ofOther)
              + term(rareOther, ofOther, rare, ofOne + ofOther);
      reciprocals += 1 / rare;
      cells++;
    }
    if (cells < 2) {
      return 1;
    }
    double all = ofOne + ofOther;
    double williams =
        1 + (all / ofOne + all / ofOther - 1) * (all * reciprocals - 1) / (6 * all * (cells - 1));
    return ChiSquaredDistribution.of(cells - 1).survivalProbability(g / williams);
  }

  private static double term(double observed, double row, double column, double all) {
    return observed == 0 ? 0 : 2 * observed * Math.log(observed * all / (row * column));
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
