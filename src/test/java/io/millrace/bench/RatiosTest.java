package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatiosTest {

  @Test
  void theIntervalOfSevenIsTheirRange() {
    Ratios ratios = Ratios.of(ascending(7));

    assertThat(ratios.median()).isEqualTo(3);
    assertThat(ratios.low()).isZero();
    assertThat(ratios.high()).isEqualTo(6);
  }

  @Test
  void theIntervalOfFifteenLeavesThreeAtEachEnd() {
    // the tables of the sign test: ranks 4 and 12 of 15 hold the median with 96.5%
    Ratios ratios = Ratios.of(ascending(15));

    assertThat(ratios.median()).isEqualTo(7);
    assertThat(ratios.low()).isEqualTo(3);
    assertThat(ratios.high()).isEqualTo(11);
  }

  @Test
  void fiveRatiosOrFewerHaveARangeAndNoInterval() {
    // the extremes of n hold the median with 1 - 2^(1-n): 93.75% for five, 96.9% for six
    assertThat(Ratios.of(ascending(5)).interval()).isEqualTo("range");
    assertThat(Ratios.of(ascending(6)).interval()).isEqualTo("95%");
  }

  private static double[] ascending(int n) {
    return IntStream.range(0, n).mapToDouble(i -> i).toArray();
  }
}
