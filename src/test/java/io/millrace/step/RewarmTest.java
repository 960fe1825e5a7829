package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.ScheduledRate;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RewarmTest {

  private static final Offset<Double> ROUNDING = within(1e-15);
  private static final Map<String, String> FALLING =
      Map.of("learning-rate", "0.004", "warmup-steps", "4", "lr-scheduler-type", "inverse-sqrt");
  private static final Map<String, String> ENDING =
      Map.of(
          "learning-rate",
          "0.003",
          "lr-scheduler-type",
          "linear",
          "warmup-steps",
          "0",
          "max-steps",
          "2",
          "freeze-embeddings",
          "true"); // rows of word embeddings would catch up behind the end

  @Test
  void theScheduleBeginsAgainBehindTheStepOfTheRequestAndDoesNotSlowDownForIt() {
    try (FineTuner tuner = tuner(FALLING)) {
      // Given a rate that has fallen to half of its peak
      for (int step = 0; step < 15; step++) {
        rate(tuner);
      }
      assertThat(rate(tuner)).isCloseTo(0.002, ROUNDING);

      // When
      assertThat(tuner.rewarm()).isTrue();

      // Then
      assertThat(rate(tuner)).as("no less than it was").isCloseTo(0.002, ROUNDING);
      assertThat(rate(tuner)).isCloseTo(0.002, ROUNDING);
      assertThat(rate(tuner)).isCloseTo(0.003, ROUNDING);
      assertThat(rate(tuner)).isCloseTo(0.004, ROUNDING);
      assertThat(rate(tuner)).isCloseTo(0.004 / Math.sqrt(5 / 4.0), ROUNDING);
    }
  }

  @Test
  void aRateThatStandsAtItsPeakStaysThere() {
    try (FineTuner tuner = tuner(Map.of("learning-rate", "0.004", "warmup-steps", "4"))) {
      for (int step = 0; step < 6; step++) {
        rate(tuner);
      }

      assertThat(tuner.rewarm()).as("any rate is another").isFalse();

      assertThat(rate(tuner)).isCloseTo(0.004, ROUNDING);
    }
  }

  @Test
  void aRunRestoredAmidTheSecondWarmUpGoesOnLikeTheUninterruptedOne() {
    try (FineTuner uninterrupted = tuner(FALLING)) {
      // Given
      for (int step = 0; step < 16; step++) {
        rate(uninterrupted);
      }
      uninterrupted.rewarm();
      rate(uninterrupted);
      FineTunerState saved = uninterrupted.snapshot();

      // When
      try (FineTuner restored =
          FineTuner.restore(
              new Bert(TinyBert.config(0.1)),
              saved,
              TinyBert.settings(FALLING),
              Device.cpu(),
              Labels.TASK)) {
        double expected = rate(uninterrupted);

        // Then
        assertThat(saved.history().scheduleOrigin()).isEqualTo(16);
        assertThat(rate(restored)).isEqualTo(expected).isCloseTo(0.002, ROUNDING);
        assertSameWeights(restored.snapshot(), uninterrupted.snapshot());
      }
    }
  }

  @Test
  void behindItsEndStepsChangeNothingUntilTheScheduleBeginsAgain() {
    try (CapturedLog log = CapturedLog.of(ScheduledRate.class);
        FineTuner tuner = tuner(ENDING)) {
      // Given
      assertThat(rate(tuner)).isCloseTo(0.0015, ROUNDING);
      assertThat(log.lines()).hasSize(1).first().asString().startsWith("INFO step 1: the learning");
      FineTunerState atTheEnd = tuner.snapshot();

      // When
      assertThat(rate(tuner)).isZero();
      assertThat(rate(tuner)).isZero();

      // Then
      assertSameWeights(tuner.snapshot(), atTheEnd);
      assertThat(tuner.steps()).isEqualTo(3);
      assertThat(log.lines()).as("told once").hasSize(1);

      // When
      tuner.rewarm();

      // Then
      assertThat(rate(tuner)).isCloseTo(0.0015, ROUNDING);
      assertThat(tuner.snapshot().weights().get("classifier.weight").data())
          .isNotEqualTo(atTheEnd.weights().get("classifier.weight").data());
    }
  }

  private static FineTuner tuner(Map<String, String> settings) {
    return new FineTuner(TinyBert.model(0.1), TinyBert.settings(settings), Labels.TASK);
  }

  /** Trains on the next batch. */
  private static double rate(FineTuner tuner) {
    return ((StepOutcome.Applied) tuner.step(TinyBert.batch(8, tuner.steps()))).learningRate();
  }

  private static void assertSameWeights(FineTunerState one, FineTunerState other) {
    for (Map.Entry<String, HostTensor> weight : one.weights().entrySet()) {
      assertThat(weight.getValue().data())
          .as(weight.getKey())
          .isEqualTo(other.weights().get(weight.getKey()).data());
    }
  }
}
