package io.millrace.score;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How predicted numbers fare against true ones. Undefined values are NaN. For tasks whose answers
 * are numbers; training has none yet.
 *
 * @param examples how many
 * @param mse mean squared error, in the square of the answers' unit
 * @param mseInterval of it, 95% (t)
 * @param mae mean absolute error, in the answers' unit
 * @param pearson correlation of the values, -1 to 1; NaN where either side is constant or has a
 *     value that is not finite
 * @param spearman correlation of their ranks, ties sharing the mean of theirs (Spearman 1904)
 */
public record RegressionScore(
    int examples, double mse, Interval mseInterval, double mae, double pearson, double spearman) {

  /**
   * Scores predictions.
   *
   * @param predicted {@code [N]}
   * @param truth {@code [N]}
   * @throws IllegalArgumentException where there are not as many of each
   */
  public static RegressionScore of(double[] predicted, double[] truth) {
    if (predicted.length != truth.length) {
      throw new IllegalArgumentException(
          predicted.length + " predictions of " + truth.length + " examples");
    }
    double[] squares =
        IntStream.range(0, truth.length)
            .mapToDouble(i -> (predicted[i] - truth[i]) * (predicted[i] - truth[i]))
            .toArray();
    return new RegressionScore(
        truth.length,
        mean(squares),
        Interval.ofMean(squares),
        mean(
            IntStream.range(0, truth.length)
                .mapToDouble(i -> Math.abs(predicted[i] - truth[i]))
                .toArray()),
        varies(predicted) && varies(truth) ? correlation(predicted, truth) : Double.NaN,
        varies(predicted) && varies(truth)
            ? correlation(ranks(predicted), ranks(truth))
            : Double.NaN);
  }

  /** By its extremes: equal values whose mean is rounded have a variance that is not quite 0. */
  private static boolean varies(double[] values) {
    double least = Arrays.stream(values).min().orElse(Double.NaN);
    double most = Arrays.stream(values).max().orElse(Double.NaN);
    return Double.isFinite(least) && Double.isFinite(most) && least < most;
  }

  private static double correlation(double[] one, double[] other) {
    double meanOfOne = mean(one);
    double meanOfOther = mean(other);
    double products = 0;
    double squaresOfOne = 0;
    double squaresOfOther = 0;
    for (int i = 0; i < one.length; i++) {
      double a = one[i] - meanOfOne;
      double b = other[i] - meanOfOther;
      products += a * b;
      squaresOfOne += a * a;
      squaresOfOther += b * b;
    }
    return products / (Math.sqrt(squaresOfOne) * Math.sqrt(squaresOfOther));
  }

  /** From 1; equal values share the mean of their places. */
  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int place = from; place < to; place++) {
        ranks[order[place]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }
}
