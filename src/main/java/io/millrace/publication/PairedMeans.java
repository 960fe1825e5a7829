package io.millrace.publication;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A one-sided paired t-test on differences of scores that are no shares, such as losses. Its level
 * is that of the t distribution: near for hundreds of examples, less so in the far tails of skewed
 * differences.
 */
final class PairedMeans {

  private PairedMeans() {}

  /**
   * The p-value against a mean difference of minus the margin or less.
   *
   * @param differences challenger minus champion, higher is better
   * @return 1 with fewer than two examples
   */
  static double pValue(double[] differences, double margin) {
    int n = differences.length;
    if (n < 2) {
      return 1;
    }
    double mean = mean(differences);
    double squares = 0;
    for (double difference : differences) {
      squares += (difference - mean) * (difference - mean);
    }
    double error = Math.sqrt(squares / (n - 1) / n);
    if (error == 0) {
      return mean + margin > 0 ? 0 : 1;
    }
    return TDistribution.of(n - 1).survivalProbability((mean + margin) / error);
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
