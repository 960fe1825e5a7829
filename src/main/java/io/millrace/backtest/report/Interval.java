package io.millrace.backtest.report;

/**
 * A mean with its 95% interval; NaN without values.
 *
 * @param mean the mean of the values themselves
 * @param low lower end
 * @param high upper end
 */
public record Interval(double mean, double low, double high) {

  static final Interval UNDEFINED = new Interval(Double.NaN, Double.NaN, Double.NaN);
}
