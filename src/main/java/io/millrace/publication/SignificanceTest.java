package io.millrace.publication;

/**
 * Tests a challenger at the next look of a champion's reign. Half of the error rate is for looks at
 * being better, half for those at being not much worse, so that many fruitless ones of the first
 * kind leave the second its power; tests of a published version have a rate of their own.
 *
 * @param score what is compared
 * @param errorRate probability that a reign publishes a challenger that is no better (or worse than
 *     the margin), at most
 * @param margin how much worse a challenger may be once freshness is overdue, in the score's unit
 */
record SignificanceTest(GateScore score, double errorRate, double margin) {

  TestResult test(TestResult.Mode mode, PairedScores scores, Looks looks) {
    long look = looks.count(mode) + 1;
    AlphaBudget budget =
        new AlphaBudget(mode == TestResult.Mode.REGRESSION ? errorRate : errorRate / 2);
    double level = budget.level(look);
    double allowed = mode == TestResult.Mode.NON_INFERIOR ? margin : 0;
    return switch (score) {
      case ACCURACY ->
          new TestResult(
              mode,
              scores.size(),
              scores.challengerAccuracy() - scores.championAccuracy(),
              allowed,
              scores.better(),
              scores.worse(),
              look,
              accuracy(scores, allowed, level),
              level);
      case LOG_LOSS -> {
        double[] decreases = scores.lossDecreases();
        yield new TestResult(
            mode,
            scores.size(),
            PairedMeans.mean(decreases),
            allowed,
            count(decreases, 1),
            count(decreases, -1),
            look,
            PairedMeans.pValue(decreases, allowed),
            level);
      }
    };
  }

  private static double accuracy(PairedScores scores, double allowed, double level) {
    return allowed > 0
        ? NonInferiority.pValue(scores.size(), scores.better(), scores.worse(), allowed, level)
        : McNemar.pValue(scores.better(), scores.worse());
  }

  private static long count(double[] values, int sign) {
    long count = 0;
    for (double value : values) {
      if (Math.signum(value) == sign) {
        count++;
      }
    }
    return count;
  }
}
