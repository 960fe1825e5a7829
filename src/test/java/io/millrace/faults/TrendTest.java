package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whether a soak can see a leak: an hour's megabytes whose noise stays alike for a minute. */
class TrendTest {

  private static final int SAMPLES = 360;
  private static final int SERIES = 60;

  @Test
  void aLeakOfAFewMegabytesAnHourIsSeenThroughNoiseThatIsLarger() {
    int seen = 0;
    int covered = 0;
    for (int seed = 0; seed < SERIES; seed++) {
      Trend trend = trend(seed, 40);
      seen += trend.low() > 0 ? 1 : 0;
      covered += trend.low() <= 40 && 40 <= trend.high() ? 1 : 0;
    }
    assertThat(seen).isEqualTo(SERIES);
    assertThat(covered).isGreaterThan(SERIES * 8 / 10);
  }

  @Test
  void withoutALeakTheIntervalHoldsZeroNearlyAlways() {
    int alarms = 0;
    for (int seed = 0; seed < SERIES; seed++) {
      Trend trend = trend(seed, 0);
      alarms += trend.low() > 0 || trend.high() < 0 ? 1 : 0;
    }
    assertThat(alarms).isLessThan(SERIES / 6);
  }

  @Test
  void noiseThatIsAlikeMakesTheIntervalWider() {
    Random random = new Random(1);
    double[] hours = new double[SAMPLES];
    double[] independent = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      hours[i] = i / (double) SAMPLES;
      independent[i] = 10 * random.nextGaussian();
    }
    Trend narrow = Trend.of(hours, independent);
    Trend wide = trend(1, 0);
    assertThat(wide.high() - wide.low()).isGreaterThan(2 * (narrow.high() - narrow.low()));
    assertThat(wide.block()).isGreaterThan(narrow.block());
  }

  @Test
  void aFewMeasurementsAreNoTrend() {
    assertThatThrownBy(() -> Trend.of(new double[3], new double[3]))
        .hasMessage("a trend needs 10 measurements or more, not 3 of 3");
  }

  /** Deviations of 10 MB, correlated over some six samples of ten seconds. */
  private static Trend trend(int seed, double leakPerHour) {
    Random random = new Random(seed);
    double[] hours = new double[SAMPLES];
    double[] megabytes = new double[SAMPLES];
    double noise = 0;
    double alike = 0.85;
    for (int i = 0; i < SAMPLES; i++) {
      noise = alike * noise + 10 * Math.sqrt(1 - alike * alike) * random.nextGaussian();
      hours[i] = i / (double) SAMPLES;
      megabytes[i] = 1_000 + leakPerHour * hours[i] + noise;
    }
    return Trend.of(hours, megabytes);
  }
}
