package io.millrace.score;

import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * Where a value lies with a confidence of 95%.
 *
 * @param low lower limit; NaN where undefined
 * @param high upper limit
 */
public record Interval(double low, double high) {

  /** Nothing is known. */
  public static final Interval UNDEFINED = new Interval(Double.NaN, Double.NaN);

  static final double TAIL = 0.025;

  /** Reads data written before intervals existed as {@link #UNDEFINED}. */
  static Interval orUndefined(Interval interval) {
    return interval == null ? UNDEFINED : interval;
  }

  /** Of a share (Wilson 1927). */
  public static Interval ofShare(long part, long whole) {
    if (whole == 0) {
      return UNDEFINED;
    }
    var wilson =
        BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(
            Math.toIntExact(whole), Math.toIntExact(part), 2 * TAIL);
    return new Interval(wilson.getLowerBound(), wilson.getUpperBound());
  }

  /** Of the mean of independent values (Student 1908). */
  static Interval ofMean(double[] values) {
    if (values.length < 2) {
      return UNDEFINED;
    }
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double error = Math.sqrt(squares / (values.length - 1) / values.length);
    double half = TDistribution.of(values.length - 1).inverseSurvivalProbability(TAIL) * error;
    return new Interval(mean - half, mean + half);
  }
}
