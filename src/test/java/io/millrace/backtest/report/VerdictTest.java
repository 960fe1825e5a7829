package io.millrace.backtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Examples;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void aboveFrozenMeansThatTheWholeIntervalIs() {
    assertThat(met("frozen", 100, 0.02, 0.001, 0.04)).isTrue();
    assertThat(met("frozen", 100, 0.02, 0.0, 0.04)).isFalse();
  }

  @Test
  void onALongStreamTheMeanMayBeHalfAPointBehindTrainingFromScratch() {
    assertThat(met("from scratch", 5000, -0.005, -0.007, -0.003)).isTrue();
    assertThat(met("from scratch", 5000, -0.0051, -0.02, 0.02)).isFalse();
  }

  @Test
  void onAShortStreamTheIntervalMayNotBeBelowZero() {
    assertThat(met("from scratch", 4999, -0.02, -0.05, 0.0)).isTrue();
    assertThat(met("from scratch", 4999, -0.02, -0.05, -0.001)).isFalse();
    assertThat(met("from scratch", 4999, 0.02, 0.01, 0.03)).isTrue();
  }

  @Test
  void theSentenceHasPoints() {
    assertThat(Verdict.of(report("frozen", 100, 0.0213, 0.001, 0.04)).get(0).sentence())
        .isEqualTo(
            "continuous is +2.13 points [+0.10, +4.00] from \"frozen\""
                + " (asked: lower end above 0; it is so)");
  }

  @Test
  void nothingIsAskedOfTheServiceWithoutItsParts() {
    assertThat(report("no replay", "frozen", 100, -0.02, -0.03, -0.01).verdicts()).isEmpty();
  }

  private static boolean met(String to, int examples, double mean, double low, double high) {
    return Verdict.of(report(to, examples, mean, low, high)).get(0).met();
  }

  private static StreamReport report(
      String to, int examples, double mean, double low, double high) {
    return report("continuous", to, examples, mean, low, high);
  }

  private static StreamReport report(
      String arm, String to, int examples, double mean, double low, double high) {
    return new StreamReport(
        new StreamReport.Source(
            "file", examples, 1, 1, List.of("a"), Map.of(), Examples.NOON, Examples.NOON),
        true,
        "continuous",
        new StreamReport.Setup(1, 3, 50, 100, 42, Map.of()),
        0.5,
        List.of(arm("frozen"), arm("from scratch"), arm(arm)),
        List.of(new StreamReport.Difference(arm, to, new Interval(mean, low, high))));
  }

  private static StrategyReport arm(String name) {
    return new StrategyReport(
        name, Map.of(), Interval.UNDEFINED, List.of(), 0, List.of(), 0, 0, Optional.empty(), 0, 0);
  }
}
