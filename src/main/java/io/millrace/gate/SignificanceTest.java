package io.millrace.gate;

import java.util.Arrays;

/**
 * Tests a challenger at the next look of a champion's reign. Half of the error rate is for looks at
 * being better, half for those at being not much worse, so that many fruitless ones of the first
 * kind leave the second its power; tests of a published version have a rate of their own.
 *
 * @param test how two models are compared
 * @param errorRate probability that a reign publishes a challenger that is no better (or worse than
 *     the margin), at most
 * @param margin how much worse a challenger may be once freshness is overdue, in the score's unit
 */
record SignificanceTest(PairedTest test, double errorRate, double margin) {

  /** The level of the next look. */
  double level(TestResult.Mode mode, InterimLooks looks) {
    double rate = mode == TestResult.Mode.REGRESSION ? errorRate : errorRate / 2;
    return new AlphaSpending(rate).level(looks.count(mode) + 1);
  }

  TestResult test(TestResult.Mode mode, PairedScores scores, InterimLooks looks) {
    return test instanceof PairedTest.BoundedMean
        ? ofLosses(mode, scores.lossDecreases(), looks)
        : ofAnswers(mode, scores.size(), scores.better(), scores.worse(), looks);
  }

  /**
   * Of answers that are right or wrong.
   *
   * @param examples how many
   * @param better those that only the challenger gets right
   * @param worse those that only the champion gets right
   */
  TestResult ofAnswers(
      TestResult.Mode mode, int examples, int better, int worse, InterimLooks looks) {
    double allowed = allowed(mode);
    double level = level(mode, looks);
    return new TestResult(
        mode,
        examples,
        (double) (better - worse) / examples,
        allowed,
        better,
        worse,
        looks.count(mode) + 1,
        allowed > 0
            ? NonInferiority.pValue(examples, better, worse, allowed, level)
            : McNemar.pValue(better, worse),
        level);
  }

  /**
   * Of losses.
   *
   * @param decreases how much lower the challenger's loss is on each example, in the task's unit
   */
  TestResult ofLosses(TestResult.Mode mode, double[] decreases, InterimLooks looks) {
    double limit = ((PairedTest.BoundedMean) test).limit();
    double[] cut = PairedMeans.cut(decreases, limit);
    return new TestResult(
        mode,
        cut.length,
        PairedMeans.mean(cut),
        allowed(mode),
        Arrays.stream(cut).filter(one -> one > 0).count(),
        Arrays.stream(cut).filter(one -> one < 0).count(),
        looks.count(mode) + 1,
        PairedMeans.pValue(cut, allowed(mode), limit),
        level(mode, looks));
  }

  private double allowed(TestResult.Mode mode) {
    return mode == TestResult.Mode.NON_INFERIOR ? margin : 0;
  }
}
