package io.millrace.score;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

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
  private static final double Z = NormalDistribution.of(0, 1).inverseSurvivalProbability(TAIL);

  /** That of before there was one, in what was written then. */
  static Interval orUndefined(Interval interval) {
    return interval == null ? UNDEFINED : interval;
  }

  /** Of a share (Wilson 1927). */
  public static Interval ofShare(long part, long whole) {
    if (whole == 0) {
      return UNDEFINED;
    }
    double share = (double) part / whole;
    double scale = 1 + Z * Z / whole;
    double centre = (share + Z * Z / (2 * whole)) / scale;
    double half =
        Z * Math.sqrt(share * (1 - share) / whole + Z * Z / (4.0 * whole * whole)) / scale;
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
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
