package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gate.Reigns.Kind;
import io.millrace.gate.TestResult.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gate's error rate is of all its looks together. What few reigns show; {@link
 * GateSimulationTest} has enough of them for the figure itself.
 */
class GateErrorRateTest {

  private static final int REIGNS = 60;

  /** P(Bin(60, 0.05) > 9) = 0.001. Without a correction for a hundred looks most would publish. */
  private static final int MOST = 9;

  @ParameterizedTest
  @EnumSource
  void fewReignsPublishAChallengerThatMustNotBe(Kind kind) {
    assertThat(Reigns.published(kind, REIGNS)).isLessThanOrEqualTo(MOST);
  }

  @Test
  void theLevelsOfAllLooksSumToTheErrorRate() {
    SignificanceTest test =
        new SignificanceTest(
            new PairedTest.ExactCounts("accuracy"), Reigns.ERROR_RATE, Reigns.MARGIN);
    double sum = 0;
    for (long look = 0; look < 1_000_000; look++) {
      InterimLooks looks = new InterimLooks(1, look, look, look);
      sum += test.level(Mode.SUPERIOR, looks) + test.level(Mode.NON_INFERIOR, looks);
    }
    assertThat(sum).isBetween(0.0499, 0.05);
  }
}
