package io.millrace.faults;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * How a quantity changes with time: the slope of the least-squares line, and its 95% interval.
 *
 * <p>Neighbouring measurements of a process are alike, so that the textbook's interval is far too
 * narrow. Here the line's residuals are resampled in blocks (a circular block bootstrap, Politis
 * and Romano 1992), each as long as the residuals stay correlated: the first lag at which their
 * autocorrelation is within its noise, at least the cube root of their number, at most a fifth of
 * them. A function of the measurements and the seed alone.
 *
 * @param perHour the slope
 * @param low lower limit of its interval
 * @param high upper limit
 * @param block measurements of a block
 */
record Trend(double perHour, double low, double high, int block) {

  private static final int RESAMPLES = 2_000;
  private static final double TAIL = 0.025;

  /**
   * That of a series.
   *
   * @param hours when each was measured
   * @param values as many
   */
  static Trend of(double[] hours, double[] values) {
    if (hours.length != values.length || hours.length < 10) {
      throw new IllegalArgumentException(
          "a trend needs 10 measurements or more, not %d of %d"
              .formatted(values.length, hours.length));
    }
    double slope = slope(hours, values);
    double level = mean(values) - slope * mean(hours);
    double[] residuals = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      // A line takes two degrees of freedom: what is left varies less than the noise did.
      residuals[i] =
          (values[i] - level - slope * hours[i]) * Math.sqrt(values.length / (values.length - 2.0));
    }
    int block = block(residuals);
    SplittableRandom random = new SplittableRandom(42);
    double[] slopes = new double[RESAMPLES];
    double[] noise = new double[values.length];
    for (int sample = 0; sample < RESAMPLES; sample++) {
      for (int i = 0; i < noise.length; i += block) {
        int start = random.nextInt(noise.length);
        for (int j = 0; j < block && i + j < noise.length; j++) {
          noise[i + j] = residuals[(start + j) % noise.length];
        }
      }
      slopes[sample] = slope + slope(hours, noise);
    }
    double[] limits = Quantile.withDefaults().evaluate(slopes, TAIL, 1 - TAIL);
    return new Trend(slope, limits[0], limits[1], block);
  }

  private static int block(double[] residuals) {
    int n = residuals.length;
    int longest = Math.max(1, n / 5);
    double noise = 1.96 / Math.sqrt(n);
    int lag = 1;
    while (lag < longest && Math.abs(autocorrelation(residuals, lag)) > noise) {
      lag++;
    }
    // Blocks of twice that length hold most pairs that are still alike.
    return Math.min(longest, Math.max((int) Math.ceil(Math.cbrt(n)), 2 * lag));
  }

  private static double autocorrelation(double[] values, int lag) {
    double mean = mean(values);
    double all = 0;
    double lagged = 0;
    for (int i = 0; i < values.length; i++) {
      all += (values[i] - mean) * (values[i] - mean);
      if (i >= lag) {
        lagged += (values[i] - mean) * (values[i - lag] - mean);
      }
    }
    return all == 0 ? 0 : lagged / all;
  }

  private static double slope(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double products = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      products += (x[i] - meanX) * (y[i] - meanY);
      squares += (x[i] - meanX) * (x[i] - meanX);
    }
    return products / squares;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  @Override
  public String toString() {
    return "%+.1f [%+.1f, %+.1f]".formatted(perHour, low, high);
  }
}
