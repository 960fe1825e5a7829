package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetersTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Fakes.Training training = new Fakes.Training();

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
    assertThat(registry.scrape())
        .contains("millrace_steps_total 2.0")
        .contains("millrace_examples_trained_total 62.0")
        .contains("millrace_tokens_total{kind=\"real\"} 1800.0")
        .contains("millrace_tokens_total{kind=\"padding\"} 200.0")
        .contains("millrace_step_seconds_sum 0.5")
        .contains("millrace_gradient_norm 0.5")
        .contains("millrace_evaluation_seconds_sum 3.0")
        .contains("millrace_versions_published_total 1.0");
  }

  @Test
  void theStatusIsReadAtEachScrape() {
    // Given
    new StatusMeters(training, Fakes.predictor(new ListedVersions())).bindTo(registry);
    assertThat(registry.scrape())
        .contains("millrace_heldout_accuracy_ratio NaN")
        .contains("millrace_lag_records NaN");

    // When
    training.evaluation = Optional.of(Versions.evaluation(0.9));
    training.deadLetters = Map.of("MISSING_TEXT", 3L);

    // Then
    assertThat(registry.scrape())
        .contains("millrace_training_busy_seconds_total 90.0")
        .contains("millrace_training_wait_seconds_total 10.0")
        .contains("millrace_training_loss_nats 0.5")
        .contains("millrace_prequential_accuracy_ratio 0.8")
        .contains("millrace_prequential_constant_accuracy_ratio 0.6")
        .contains("millrace_heldout_accuracy_ratio 0.9")
        .contains("millrace_heldout_constant_accuracy_ratio 0.6")
        .contains("millrace_padding_ratio 0.1")
        .contains("millrace_dead_letters_total{reason=\"missing_text\"} 3.0")
        .contains("millrace_dead_letters_total{reason=\"undecodable\"} 0.0");
  }

  @Test
  void everyMeterSaysWhatItIs() {
    // Given
    new TrainingMeters(registry);
    new StatusMeters(training, Fakes.predictor(new ListedVersions())).bindTo(registry);

    // Then
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(id -> assertThat(id.getDescription()).as(id.getName()).isNotBlank());
  }
}
