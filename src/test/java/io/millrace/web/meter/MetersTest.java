package io.millrace.web.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.drift.DriftSignal;
import io.millrace.serving.Predictor;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import io.millrace.web.Fakes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Fakes.Training training = new Fakes.Training();
  private final ListedVersions versions = new ListedVersions();

  @Test
  void stepsAndEvaluationsAreCounted() {
    // Given
    TrainingMeters meters = new TrainingMeters(registry);

    // When
    meters.accept(Fakes.step(1, 0.5));
    meters.accept(Fakes.step(2, 0.5));
    meters.accept(Fakes.evaluated(2, Optional.of(1L)));
    meters.accept(Fakes.evaluated(3, Optional.empty()));

    // Then
    assertThat(value("millrace.steps")).isEqualTo(2);
    assertThat(value("millrace.examples.trained")).isEqualTo(46);
    assertThat(value("millrace.examples.replayed")).isEqualTo(12);
    assertThat(value("millrace.tokens", "kind", "real")).isEqualTo(1800);
    assertThat(value("millrace.tokens", "kind", "padding")).isEqualTo(200);
    assertThat(value("millrace.gradient.norm")).isEqualTo(0.5);
    assertThat(value("millrace.gradient.norm.spikes")).isEqualTo(1);
    assertThat(value("millrace.out.of.memory")).isEqualTo(2);
    assertThat(value("millrace.versions.published")).isEqualTo(1);
    assertThat(registry.get("millrace.step").timer().count()).isEqualTo(2);
    assertThat(registry.get("millrace.evaluation").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(3);
  }

  @Test
  void theStatusIsReadEachTimeAndWhatIsUnknownIsNaN() {
    // Given
    bindStatus();
    assertThat(value("millrace.heldout.accuracy")).isNaN();
    assertThat(value("millrace.lag")).isNaN();
    assertThat(value("millrace.current.version")).isNaN();
    assertThat(value("millrace.publication.problem")).isZero();
    assertThat(value("millrace.served.newest.example.age")).isNaN();

    // When
    training.evaluation = Optional.of(Versions.evaluation(0.9));
    training.deadLetters = Map.of("MISSING_TEXT", 3L, "INVALID_FIELD", 2L);
    training.replacedTimestamps = 4;

    // Then
    assertThat(value("millrace.training.busy")).isEqualTo(90);
    assertThat(value("millrace.training.wait")).isEqualTo(10);
    assertThat(value("millrace.training.loss")).isEqualTo(0.5);
    assertThat(value("millrace.prequential.accuracy")).isEqualTo(0.8);
    assertThat(value("millrace.prequential.constant.accuracy")).isEqualTo(0.6);
    assertThat(value("millrace.heldout.accuracy")).isEqualTo(0.9);
    assertThat(value("millrace.heldout.constant.accuracy")).isEqualTo(0.6);
    assertThat(value("millrace.padding")).isEqualTo(0.1);
    assertThat(value("millrace.evaluation.share")).isEqualTo(0.05);
    assertThat(value("millrace.freshness.target")).isEqualTo(3600);
    assertThat(value("millrace.dead.letters", "reason", "missing_text")).isEqualTo(3);
    assertThat(value("millrace.dead.letters", "reason", "undecodable")).isZero();
    assertThat(value("millrace.dead.letters", "reason", "invalid_field")).isEqualTo(2);
    assertThat(value("millrace.dead.letters", "reason", "unsupported_by_base")).isZero();
    assertThat(value("millrace.replaced.timestamps")).isEqualTo(4);
  }

  @Test
  void theServedVersionIsAsOldAsItsNewestExample() {
    // Given one that was published an hour after its newest example was sent
    Instant now = Instant.now();
    versions.put(Versions.aged(1, now, Optional.of(now.minus(Duration.ofHours(1)))));
    bindStatus();

    // Then
    assertThat(value("millrace.served.newest.example.age")).isBetween(3600.0, 3660.0);
  }

  @Test
  void aBrokenTrainingIsAMeterToo() {
    bindStatus();
    assertThat(value("millrace.training.failure")).isZero();

    training.failure = Optional.of("broken");
    assertThat(value("millrace.training.failure")).isEqualTo(1);
  }

  @Test
  void everyMeterSaysWhatItIs() {
    // Given
    new TrainingMeters(registry);
    bindStatus();

    // Then
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(id -> assertThat(id.getDescription()).as(id.getName()).isNotBlank());
  }

  @Test
  void driftSignalsAreCountedByDetectorAndLevelFromZeroOn() {
    // Given
    TrainingMeters meters = new TrainingMeters(registry);
    assertThat(value("millrace.drift.signals", "detector", "adwin", "level", "drift")).isZero();

    // When
    meters.accept(Fakes.drifted(DriftSignal.Detector.ADWIN, DriftSignal.Level.DRIFT));
    meters.accept(Fakes.drifted(DriftSignal.Detector.LABELS, DriftSignal.Level.WARNING));

    // Then
    assertThat(value("millrace.drift.signals", "detector", "adwin", "level", "drift")).isEqualTo(1);
    assertThat(value("millrace.drift.signals", "detector", "adwin", "level", "warning")).isZero();
    assertThat(value("millrace.drift.signals", "detector", "labels", "level", "warning"))
        .isEqualTo(1);
  }

  private void bindStatus() {
    Predictor predictor = Fakes.predictor(versions);
    predictor.follow();
    new StatusMeters(training, predictor, Fakes.publication()).bindTo(registry);
  }

  private double value(String name, String... tags) {
    return registry.get(name).tags(tags).meter().measure().iterator().next().getValue();
  }
}
