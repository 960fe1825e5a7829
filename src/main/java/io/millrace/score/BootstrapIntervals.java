package io.millrace.score;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * Where scores lie that are no mean over the examples, with a confidence of 95%: percentiles over
 * {@value #RESAMPLES} resamples of the examples (Efron and Tibshirani 1993), which are taken to be
 * independent. A function of the predictions alone. Undefined where its limits are the same, as
 * with no mistake at all: then resampling can tell nothing.
 *
 * <p>There is none of the calibration error: it is biased upward, and in a resample more so (Kumar,
 * Liang and Ma 2019).
 *
 * @param macroF1 of the mean F1 over the classes
 * @param weightedF1 of that, weighted by support
 * @param mcc of Matthews' correlation
 * @param rocAuc of the area under the ROC curve
 * @param prAuc of the average precision
 */
public record BootstrapIntervals(
    Interval macroF1, Interval weightedF1, Interval mcc, Interval rocAuc, Interval prAuc) {

  /** Nothing is known. */
  public static final BootstrapIntervals UNDEFINED =
      new BootstrapIntervals(
          Interval.UNDEFINED,
          Interval.UNDEFINED,
          Interval.UNDEFINED,
          Interval.UNDEFINED,
          Interval.UNDEFINED);

  private static final int RESAMPLES = 500;
  private static final long SEED = 42;
  private static final double ROUNDING = 1e-9;
  private static final Quantile QUANTILE =
      Quantile.withDefaults().with(Quantile.EstimationMethod.HF7);

  static BootstrapIntervals of(Sample sample) {
    if (sample.size() == 0) {
      return UNDEFINED;
    }
    SplittableRandom random = new SplittableRandom(SEED);
    SetScores[] scores =
        Stream.generate(() -> sample.scores(times(sample.size(), random)))
            .limit(RESAMPLES)
            .toArray(SetScores[]::new);
    return new BootstrapIntervals(
        interval(scores, SetScores::macroF1),
        interval(scores, SetScores::weightedF1),
        interval(scores, SetScores::mcc),
        interval(scores, SetScores::rocAuc),
        interval(scores, SetScores::prAuc));
  }

  private static int[] times(int size, SplittableRandom random) {
    int[] times = new int[size];
    IntStream.range(0, size).forEach(i -> times[random.nextInt(size)]++);
    return times;
  }

  private static Interval interval(SetScores[] scores, ToDoubleFunction<SetScores> score) {
    double[] values =
        Stream.of(scores).mapToDouble(score).filter(value -> !Double.isNaN(value)).toArray();
    if (values.length == 0) {
      return Interval.UNDEFINED;
    }
    double[] limits = QUANTILE.evaluate(values, Interval.TAIL, 1 - Interval.TAIL);
    return limits[1] - limits[0] < ROUNDING
        ? Interval.UNDEFINED
        : new Interval(limits[0], limits[1]);
  }
}
