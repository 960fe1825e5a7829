package io.millrace.gate;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * Whether a challenger's accuracy is less than a margin below the champion's, both measured on the
 * same examples: an exact unconditional test of paired proportions. The statistic is Tango's (1998)
 * score statistic; its p-value is the largest over the unknown share of examples on which the two
 * differ, within an interval that misses it with probability {@value #MISSED} of the level (Berger
 * and Boos 1994), so that the level holds down to the tiny ones of late looks, where the normal
 * approximation does not.
 */
final class NonInferiority {

  private static final double MISSED = 0.05;
  private static final int GRID = 60;

  private final int examples;
  private final double margin;

  NonInferiority(int examples, double margin) {
    this.examples = examples;
    this.margin = Math.min(1, margin); // more than all examples nobody can lose
  }

  /**
   * The p-value, for a test at this level.
   *
   * @param examples examples scored
   * @param better those that only the challenger gets right
   * @param worse those that only the champion gets right
   * @param margin how far below it may be, above 0
   */
  static double pValue(int examples, int better, int worse, double margin, double level) {
    return new NonInferiority(examples, margin).pValue(better, worse, MISSED * level);
  }

  /** A lower limit of the p-value at any level, much faster: that at the share observed. */
  static double atEstimate(int examples, int better, int worse, double margin) {
    return new NonInferiority(examples, margin).atEstimate(better, worse);
  }

  private double atEstimate(int better, int worse) {
    double share = Math.max(margin, (double) (better + worse) / examples);
    return tail(share, statistic(better, worse));
  }

  private double pValue(int better, int worse, double missed) {
    double observed = statistic(better, worse);
    var differing =
        BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(examples, better + worse, missed);
    double low = Math.max(margin, differing.getLowerBound());
    double high = Math.max(low, differing.getUpperBound());
    double largest = atEstimate(better, worse);
    for (int i = 0; i <= GRID; i++) {
      largest = Math.max(largest, tail(low + (high - low) * i / GRID, observed));
    }
    return Math.min(1, largest + missed);
  }

  /**
   * Tango's: how far the difference lies above minus the margin, in standard errors estimated under
   * that.
   */
  double statistic(int better, int worse) {
    double n = examples;
    double share = likeliestWorse(better, worse);
    double variance = n * (share + Math.max(0, share - margin) - margin * margin);
    double distance = better - worse + n * margin;
    return variance <= 0
        ? Math.signum(distance) * Double.MAX_VALUE
        : distance / Math.sqrt(variance);
  }

  /**
   * The likeliest share of "worse" where that of "better" is lower by exactly the margin: with q
   * for it, the derivative of better log(q - margin) + worse log q + equal log(1 - 2q + margin) is
   * 0 at the larger root of a q² + b q + c.
   */
  double likeliestWorse(int better, int worse) {
    double a = 2.0 * examples;
    double b = -better - worse - (2.0 * examples - better + worse) * margin;
    double c = worse * margin * (margin + 1);
    return (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  }

  /**
   * Probability of a statistic at least as high, where the difference is exactly minus the margin.
   *
   * @param discordant share of examples on which the two differ
   */
  private double tail(double discordant, double observed) {
    BinomialDistribution differing = BinomialDistribution.of(examples, Math.min(1, discordant));
    double betterAmong = Math.max(0, (discordant - margin) / (2 * discordant));
    double mean = examples * discordant;
    double spread = 10 * Math.sqrt(mean) + 30;
    int from = (int) Math.max(0, mean - spread);
    int to = (int) Math.min(examples, mean + spread);
    double tail = 0;
    for (int both = from; both <= to; both++) {
      double probability = differing.probability(both);
      if (probability > 1e-15) {
        int least = least(both, observed);
        if (least <= both) {
          tail +=
              probability
                  * (least == 0
                      ? 1
                      : BinomialDistribution.of(both, betterAmong).survivalProbability(least - 1));
        }
      }
    }
    return tail;
  }

  /** The fewest "better" of so many differing whose statistic reaches the observed one. */
  private int least(int both, double observed) {
    int low = 0;
    int high = both + 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (middle > both || statistic(middle, both - middle) >= observed - 1e-12) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
