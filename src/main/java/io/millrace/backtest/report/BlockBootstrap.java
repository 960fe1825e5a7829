package io.millrace.backtest.report;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * 95% intervals of the mean of a series whose neighbours are alike: percentiles over resamples made
 * of whole blocks (Künsch 1989), the series closed to a circle so that each value is drawn equally
 * often (Politis and Romano 1992). Of differences of two series the interval is a paired one. A
 * function of the series and the seed alone. Immutable, any thread.
 *
 * @param block values of a block; shorter series have a tenth of their length, at least 1
 * @param resamples how many are drawn
 * @param seed of the draws
 */
public record BlockBootstrap(int block, int resamples, long seed) {

  static final BlockBootstrap DEFAULT = new BlockBootstrap(50, 10_000, 42);

  private static final double TAIL = 0.025;

  /** Between neighbours linear, as numpy's default. */
  private static final Quantile QUANTILE =
      Quantile.withDefaults().with(Quantile.EstimationMethod.HF7);

  /** The mean and its interval. */
  Interval mean(double[] series) {
    if (series.length == 0) {
      return Interval.UNDEFINED;
    }
    int length = Math.max(1, Math.min(block, series.length / 10));
    double[] sums = circularSums(series, length);
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      double sum = 0;
      for (int left = series.length; left > 0; left -= length) {
        int start = random.nextInt(series.length);
        int taken = Math.min(left, length);
        sum += sums[start + taken] - sums[start];
      }
      means[i] = sum / series.length;
    }
    double[] limits = QUANTILE.evaluate(means, TAIL, 1 - TAIL);
    return new Interval(Arrays.stream(series).average().orElseThrow(), limits[0], limits[1]);
  }

  /** Sums of all before a place, going on at the beginning for a block. */
  private static double[] circularSums(double[] series, int length) {
    double[] sums = new double[series.length + length + 1];
    for (int i = 0; i < sums.length - 1; i++) {
      sums[i + 1] = sums[i] + series[i % series.length];
    }
    return sums;
  }
}
