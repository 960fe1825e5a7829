package io.millrace.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.drift.DriftSignal.Detector;
import io.millrace.drift.DriftSignal.Level;
import io.millrace.score.Scored;
import io.millrace.storage.Json;
import io.millrace.tokenize.TokenizedText;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class DriftMonitorTest {

  private static final TokenizedText TEXT = new TokenizedText(new int[] {1}, new int[] {0});

  private final SplittableRandom random = new SplittableRandom(23);

  @Test
  void aRiseOfTheLossIsSeenSoonAndAnsweredOnceWithinTheCoolDown() {
    // Given a model that errs on a tenth, and on half of the examples from the 2,000th on
    List<DriftSignal> drifts = risingLoss(Map.of("on-loss", "REWARM"));

    // Then
    assertThat(drifts).hasSize(1);
    assertThat(drifts.get(0).examples()).isBetween(2_010L, 2_200L);
    assertThat(drifts.get(0).actions()).containsExactly(DriftAction.REWARM);
  }

  @Test
  void byDefaultEachDetectorTellsItOnceAndNothingElseComesOfIt() {
    assertThat(risingLoss(Map.of()))
        .hasSize(2)
        .allSatisfy(
            signal -> {
              assertThat(signal.examples()).isBetween(2_010L, 2_200L);
              assertThat(signal.actions()).containsExactly(DriftAction.ALERT);
            });
  }

  /** The loss's alarms where a model errs on a tenth, and on half from the 2,000th example on. */
  private List<DriftSignal> risingLoss(Map<String, String> settings) {
    DriftMonitor monitor = monitor(settings);
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      signals.addAll(observe(monitor, score(i < 2_000 ? 0.1 : 0.5)));
    }
    return signals.stream()
        .filter(signal -> signal.level() == Level.DRIFT)
        .filter(signal -> signal.detector() != Detector.LABELS)
        .toList();
  }

  @Test
  void aFallOfTheLossAndTheWarmUpSetNothingOff() {
    // Given losses that rise within the warm-up, and fall for ever behind it
    DriftMonitor monitor = monitor(Map.of());
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      double wrong = i < 300 ? 0.1 : i < 900 ? 0.6 : Math.max(0.02, 0.6 - (i - 900) / 4_000.0);
      signals.addAll(observe(monitor, score(wrong)));
    }

    // Then
    assertThat(signals).filteredOn(signal -> signal.level() == Level.DRIFT).isEmpty();
  }

  @Test
  void anotherMixOfLabelsIsAnEventAndReplayIsRaisedForTheCoolDown() {
    DriftMonitor monitor =
        monitor(Map.of("on-labels", "RAISE_REPLAY", "warm-up", "0", "cool-down", "300"));
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      signals.addAll(
          monitor.observe(
              random.nextInt(10) < (i < 500 ? 2 : 8) ? 1 : 0, TEXT, OptionalDouble.of(0.1)));
    }
    assertThat(signals).extracting(DriftSignal::detector).containsExactly(Detector.LABELS);
    assertThat(signals.get(0).examples()).isEqualTo(1_000);
    assertThat(monitor.isReplayRaised()).isTrue();
    for (int i = 0; i < 300; i++) {
      monitor.observe(1, TEXT, OptionalDouble.of(0.1));
    }
    assertThat(monitor.isReplayRaised()).isFalse();
  }

  @Test
  void behindARestartItSaysTheSame() throws Exception {
    // Given
    DriftMonitor monitor = monitor(Map.of("warm-up", "100", "window", "50"));
    DriftMonitor restored = monitor;
    for (int i = 0; i < 2_000; i++) {
      if (i % 333 == 0) {
        byte[] json = Json.MAPPER.writeValueAsBytes(monitor.state());
        restored =
            new DriftMonitor(
                settings(Map.of("warm-up", "100", "window", "50")),
                Optional.of(words()),
                Json.MAPPER.readValue(json, DriftState.class));
      }
      OptionalDouble loss = OptionalDouble.of(score(i < 1_000 ? 0.1 : 0.6).loss());
      TokenizedText text = new TokenizedText(new int[] {random.nextInt(20)}, new int[1]);
      List<DriftSignal> expected = monitor.observe(1, text, loss);

      // Then
      assertThat(restored.observe(1, text, loss)).isEqualTo(expected);
    }
  }

  @Test
  void whatTheModelHadNotLearnedYetHidesNoLaterRise() {
    // Given losses that are high during the warm-up, and a rise long behind it that stays far below
    DriftMonitor monitor = monitor(Map.of("on-loss", "ALERT"));
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 5_800; i++) {
      double loss = i < 1_000 ? 4.3 : i < 5_000 ? 0.5 : 1.2;
      signals.addAll(monitor.observe(1, TEXT, OptionalDouble.of(loss * 2 * random.nextDouble())));
    }

    // Then
    assertThat(signals)
        .filteredOn(signal -> signal.level() == Level.DRIFT)
        .extracting(DriftSignal::detector)
        .contains(Detector.PAGE_HINKLEY);
  }

  @Test
  void switchedOffItSaysNothing() {
    DriftMonitor monitor = monitor(Map.of("enabled", "false", "warm-up", "0"));
    for (int i = 0; i < 2_000; i++) {
      assertThat(observe(monitor, score(i < 1_000 ? 0 : 1))).isEmpty();
    }
  }

  @Test
  void onAStreamThatStandsStillTheLossIsNotTakenForDrift() {
    // Given losses of models of different quality, 20,000 examples each, 80,000 in all
    // (benchmarks.md)
    int alarms = 0;
    for (double wrong : new double[] {0.05, 0.12, 0.4}) {
      alarms += lossAlarms(() -> score(wrong).loss());
    }
    // And of one with many labels: long-tailed, mean 2 nats
    alarms +=
        lossAlarms(() -> -Math.log(1 - random.nextDouble()) - Math.log(1 - random.nextDouble()));

    // Then
    assertThat(alarms).isZero();
  }

  @Test
  void aWarningComesBeforeTheAlarmAndOnceWithinTheCoolDown() {
    // Given a loss that rises slowly
    DriftMonitor monitor = monitor(Map.of());
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 2_900; i++) {
      signals.addAll(observe(monitor, score(i < 2_000 ? 0.05 : 0.25)));
    }

    // Then
    for (Detector detector : List.of(Detector.ADWIN, Detector.PAGE_HINKLEY)) {
      assertThat(signals)
          .filteredOn(signal -> signal.detector() == detector)
          .filteredOn(signal -> signal.level() == Level.WARNING)
          .hasSizeLessThanOrEqualTo(1)
          .allSatisfy(warning -> assertThat(warning.actions()).isEmpty())
          .allSatisfy(
              warning ->
                  assertThat(warning.statistic()).isGreaterThanOrEqualTo(warning.threshold()));
    }
    assertThat(signals).extracting(DriftSignal::level).startsWith(Level.WARNING);
    assertThat(signals).extracting(DriftSignal::level).contains(Level.DRIFT);
  }

  @Test
  void examplesThatAreNotScoredCountForLabelsAndTexts() {
    DriftMonitor monitor = monitor(Map.of("warm-up", "0"));
    List<DriftSignal> signals = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      signals.addAll(monitor.observe(i < 500 ? 0 : 1, TEXT, OptionalDouble.empty()));
    }

    assertThat(signals).extracting(DriftSignal::detector).containsExactly(Detector.LABELS);
    assertThat(monitor.state().examples()).isEqualTo(1_000);
  }

  private int lossAlarms(DoubleSupplier losses) {
    DriftMonitor monitor = monitor(Map.of());
    int alarms = 0;
    for (int i = 0; i < 20_000; i++) {
      for (DriftSignal signal : monitor.observe(1, TEXT, OptionalDouble.of(losses.getAsDouble()))) {
        alarms += signal.level() == Level.DRIFT ? 1 : 0;
      }
    }
    return alarms;
  }

  private static List<DriftSignal> observe(DriftMonitor monitor, Scored score) {
    return monitor.observe(score.label(), TEXT, OptionalDouble.of(score.loss()));
  }

  private Scored score(double wrong) {
    return random.nextDouble() < wrong ? new Scored(1, 0, 2.5) : new Scored(1, 1, 0.05);
  }

  private static DriftMonitor monitor(Map<String, String> changes) {
    return new DriftMonitor(settings(changes), Optional.of(words()), DriftState.START);
  }

  private static TextProjection words() {
    SplittableRandom random = new SplittableRandom(1);
    float[] table = new float[20 * 4];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextDouble();
    }
    return new TextProjection(table, 4);
  }

  private static DriftSettings settings(Map<String, String> changes) {
    SmallRyeConfigBuilder config = new SmallRyeConfigBuilder().withMapping(DriftSettings.class);
    changes.forEach((name, value) -> config.withDefaultValue("millrace.drift." + name, value));
    return config.build().getConfigMapping(DriftSettings.class);
  }
}
