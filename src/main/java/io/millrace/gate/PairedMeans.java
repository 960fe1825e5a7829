package io.millrace.gate;

import java.util.Arrays;

/**
 * A one-sided paired test of means for scores that are no shares, such as losses. It holds its
 * level exactly, at any number of examples and down to the tiny levels of late looks, however
 * skewed the differences are; a t-test does not: rare large losses are missing from most windows.
 *
 * <p>No test can do that for the mean of differences without a bound (Bahadur and Savage 1956), so
 * each is cut to a limit on either side, and what is tested is the mean of those. Fractions of a
 * capital are bet on each example's difference being above minus the margin; where the mean is not,
 * no bet gains in expectation, and by Markov's inequality the capital reaches 1/level with a
 * probability of the level at most. The p-value is 1 by the capital at the end, of equal parts that
 * bet different fractions (grid Kelly in Waudby-Smith and Ramdas 2024, "Estimating means of bounded
 * random variables by betting"), so it does not depend on the examples' order.
 */
final class PairedMeans {

  /** Smaller bets, in standard errors, could not reach any level that is asked for. */
  private static final double LEAST_CLEAR = 2;

  private PairedMeans() {}

  /**
   * The p-value against a mean of minus the margin or less.
   *
   * @param differences challenger minus champion, higher is better, cut to the limit
   * @param margin one of the limit or more is kept by whatever is not worse everywhere
   * @param limit of the differences, above 0
   */
  static double pValue(double[] differences, double margin, double limit) {
    double atRisk = limit - margin;
    if (differences.length == 0) {
      return 1;
    }
    if (atRisk <= 0) {
      return mean(differences) > -margin ? 0 : 1;
    }
    double capital = 0;
    int bets = 0;
    double least = LEAST_CLEAR / Math.sqrt(differences.length);
    for (double share = 1; bets == 0 || share >= least; share /= 2) {
      capital += capital(differences, margin, share / atRisk);
      bets++;
    }
    return Math.min(1, bets / capital);
  }

  /** What a capital of 1 becomes. */
  private static double capital(double[] differences, double margin, double bet) {
    double logarithm = 0;
    double product = 1;
    for (double difference : differences) {
      product *= Math.max(0, 1 + bet * (difference + margin));
      if (product < 1e-100 || product > 1e100) {
        logarithm += Math.log(product);
        product = 1;
      }
    }
    return Math.exp(logarithm + Math.log(product));
  }

  /** Differences cut to the limit. */
  static double[] cut(double[] differences, double limit) {
    return Arrays.stream(differences).map(one -> Math.max(-limit, Math.min(limit, one))).toArray();
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }
}
