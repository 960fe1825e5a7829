package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedMeansTest {

  private static final double LIMIT = 2;

  @ParameterizedTest
  @CsvSource({
    "100, 0.01, 2, 0.0125, 0",
    "1000, 0.002, 2, 0.0125, 0",
    "1000, 0.002, 2, 0.0125, 0.02",
    "1000, 0.0005, 2, 0.0125, 0",
    "1000, 0.01, 0.5, 0.00001, 0",
    "1000, 0.5, 0.2, 0.00001, 0",
  })
  void itsSizeIsExactlyBelowItsLevel(
      int examples, double rare, double loss, double level, double margin) {
    // Given a challenger of mean -margin: much worse on few examples, a little better on the others
    double gain = (loss * rare - margin) / (1 - rare);
    BinomialDistribution losses = BinomialDistribution.of(examples, rare);

    // When
    double size = 0;
    for (int count = 0; count <= examples; count++) {
      if (PairedMeans.pValue(differences(examples, count, loss, gain), margin, LIMIT) <= level) {
        size += losses.probability(count);
      }
    }

    // Then
    assertThat(size).isLessThanOrEqualTo(level);
  }

  @Test
  void differencesThatAreAllAlikeShowNoMoreThanWhatTheyMayHide() {
    // Given 100 examples that are better by 0.1: one in 20 could be worse by the limit
    double pValue = PairedMeans.pValue(differences(100, 0, 0, 0.1), 0, LIMIT);

    // Then bets of all, a half and a quarter of the capital gain 1.05, 1.025 and 1.0125 each time
    double capital = (Math.pow(1.05, 100) + Math.pow(1.025, 100) + Math.pow(1.0125, 100)) / 3;
    assertThat(pValue).isCloseTo(1 / capital, within(1e-9));
    assertThat(PairedMeans.pValue(differences(100, 0, 0, 0), 0, LIMIT)).isEqualTo(1);
    assertThat(PairedMeans.pValue(differences(100, 100, 2, 0), 0, LIMIT)).isEqualTo(1);
  }

  @Test
  void manyExamplesNeitherOverflowNorUndefineIt() {
    assertThat(PairedMeans.pValue(differences(1_000_000, 0, 0, 1), 0, LIMIT)).isZero();
    assertThat(PairedMeans.pValue(differences(1_000_000, 500_000, 2, 1), 0, LIMIT)).isEqualTo(1);
    assertThat(PairedMeans.pValue(new double[0], 0, LIMIT)).isEqualTo(1);
    assertThat(PairedMeans.pValue(new double[] {Double.NaN}, 0, LIMIT)).isNaN();
  }

  @Test
  void aMarginAsWideAsTheLimitIsKeptUnlessAllExamplesAreWorseByIt() {
    assertThat(PairedMeans.pValue(differences(10, 9, 2, -1.9), 2, LIMIT)).isZero();
    assertThat(PairedMeans.pValue(differences(10, 10, 2, 0), 2, LIMIT)).isEqualTo(1);
    assertThat(PairedMeans.pValue(differences(10, 10, 2, 0), 100, LIMIT)).isZero();
  }

  @Test
  void oneExampleCountsForNoMoreThanTheLimit() {
    assertThat(PairedMeans.cut(new double[] {-30, -1, 0.5, Double.POSITIVE_INFINITY}, LIMIT))
        .containsExactly(-2, -1, 0.5, 2);
  }

  private static double[] differences(int examples, int losses, double loss, double gain) {
    double[] differences = new double[examples];
    Arrays.fill(differences, gain);
    Arrays.fill(differences, 0, losses, -loss);
    return differences;
  }
}
