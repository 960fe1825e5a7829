package io.millrace.gate;

import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * McNemar's test, exact and one-sided: of the examples that only one of two models gets right, how
 * many are the challenger's (McNemar 1947; the exact form is a sign test).
 */
final class McNemar {

  private static final BinomialTest SIGN_TEST =
      BinomialTest.withDefaults().with(AlternativeHypothesis.GREATER_THAN);

  private McNemar() {}

  /**
   * P(Bin(better + worse, 1/2) ≥ better).
   *
   * @param better examples that only the challenger gets right
   * @param worse examples that only the champion gets right
   */
  static double pValue(int better, int worse) {
    if (better == 0) {
      return 1;
    }
    return SIGN_TEST.test(better + worse, better, 0.5).getPValue();
  }
}
