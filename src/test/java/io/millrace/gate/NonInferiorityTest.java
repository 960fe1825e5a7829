package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NonInferiorityTest {

  private static final double MARGIN = 0.02;

  @ParameterizedTest
  @CsvSource({
    "300, 0.025, 0.03",
    "300, 0.025, 0.10",
    "300, 0.0001, 0.05",
    "600, 0.025, 0.04",
    "600, 0.00001, 0.04",
  })
  void itsSizeIsExactlyBelowItsLevel(int examples, double level, double discordant) {
    // Given a challenger that is worse by the margin: every outcome, with its probability
    BinomialDistribution differing = BinomialDistribution.of(examples, discordant);
    double betterAmong = (discordant - MARGIN) / (2 * discordant);
    double size = 0;
    for (int both = 0; both <= examples; both++) {
      double probability = differing.probability(both);
      if (probability < 1e-13) {
        continue;
      }
      int least = both + 1;
      while (least > 0
          && NonInferiority.pValue(examples, least - 1, both - least + 1, MARGIN, level) <= level) {
        least--;
      }
      if (least <= both) {
        size +=
            probability
                * (least == 0
                    ? 1
                    : BinomialDistribution.of(both, betterAmong).survivalProbability(least - 1));
      }
    }

    // Then the chance to call it not inferior is at most the level, and not far below
    assertThat(size).isLessThanOrEqualTo(level).isGreaterThan(level / 20);
  }

  @Test
  void moreBetterAndFewerWorseNeverRaiseTheValue() {
    double before = 1;
    for (int better = 0; better <= 40; better++) {
      double value = NonInferiority.pValue(1_000, better, 40 - better, MARGIN, 0.0125);
      assertThat(value).as("better %d", better).isLessThanOrEqualTo(before + 1e-9);
      before = value;
    }
    assertThat(before).isLessThan(0.0125);
  }

  @Test
  void nothingThatDiffersShowsItOnManyExamplesAndNotOnFew() {
    assertThat(NonInferiority.pValue(1_000, 0, 0, MARGIN, 0.0125)).isLessThan(0.0125);
    assertThat(NonInferiority.pValue(100, 0, 0, MARGIN, 0.0125)).isGreaterThan(0.0125);
  }

  @Test
  void aMarginOfAllExamplesIsMetByWhatIsBetterAndSoIsALargerOne() {
    double all = NonInferiority.pValue(100, 30, 0, 1, 0.0125);

    assertThat(all).isLessThan(0.0125);
    assertThat(NonInferiority.pValue(100, 30, 0, 2, 0.0125)).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({"1000, 10, 10", "1000, 0, 20", "1000, 25, 5", "500, 12, 30", "200, 1, 0"})
  void theStatisticIsTheScoreAtTheLikeliestSharesWithinTheMargin(
      int examples, int better, int worse) {
    // Given the share of "worse" where the likelihood is highest, by search
    double low = MARGIN;
    double high = (1 + MARGIN) / 2;
    for (int i = 0; i < 200; i++) {
      double left = low + (high - low) / 3;
      double right = high - (high - low) / 3;
      if (likelihood(examples, better, worse, left) < likelihood(examples, better, worse, right)) {
        low = left;
      } else {
        high = right;
      }
    }
    NonInferiority test = new NonInferiority(examples, MARGIN);

    // Then
    assertThat(test.likeliestWorse(better, worse)).isCloseTo(low, within(1e-7));
    double variance = low + (low - MARGIN) - MARGIN * MARGIN;
    double distance = (better - worse) / (double) examples + MARGIN;
    assertThat(test.statistic(better, worse))
        .isCloseTo(distance / Math.sqrt(variance / examples), within(1e-4));
  }

  /** Its logarithm, where "better" is rarer by the margin. */
  private static double likelihood(int examples, int better, int worse, double share) {
    return times(better, share - MARGIN)
        + times(worse, share)
        + times(examples - better - worse, 1 - 2 * share + MARGIN);
  }

  private static double times(int count, double share) {
    return count == 0 ? 0 : count * Math.log(share);
  }
}
