package io.millrace.backtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.backtest.StreamFixture;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockBootstrapTest {

  private final JsonNode fixture = StreamFixture.read();
  private final double[] series = StreamFixture.doubles(fixture.get("series"));

  @ParameterizedTest
  @ValueSource(ints = {1, 50})
  void theIntervalIsThatOfNumpy(int block) {
    double[] expected = StreamFixture.doubles(fixture.get("blocks_of_" + block));

    Interval interval = new BlockBootstrap(block, 20_000, 42).mean(series);

    assertThat(interval.mean()).isCloseTo(expected[0], within(1e-12));
    // Percentiles of other draws differ a little; the widths are 0.08 and 0.27.
    assertThat(interval.low()).isCloseTo(expected[1], within(0.005));
    assertThat(interval.high()).isCloseTo(expected[2], within(0.005));
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    assertThat(BlockBootstrap.DEFAULT.mean(series)).isEqualTo(BlockBootstrap.DEFAULT.mean(series));
  }

  @Test
  void aConstantSeriesHasNoWidth() {
    double[] ones = new double[123];
    Arrays.fill(ones, 1);

    assertThat(BlockBootstrap.DEFAULT.mean(ones)).isEqualTo(new Interval(1, 1, 1));
  }

  @Test
  void aSeriesShorterThanABlockIsResampledAllTheSame() {
    double[] half = new double[40];
    Arrays.fill(half, 0, 20, 1);

    Interval interval = BlockBootstrap.DEFAULT.mean(half);

    assertThat(interval.mean()).isEqualTo(0.5);
    assertThat(interval.low()).isLessThan(0.4);
    assertThat(interval.high()).isGreaterThan(0.6);
  }

  @Test
  void withoutValuesAllIsUndefined() {
    Interval interval = BlockBootstrap.DEFAULT.mean(new double[0]);

    assertThat(interval.mean()).isNaN();
    assertThat(interval.low()).isNaN();
    assertThat(interval.high()).isNaN();
  }
}
