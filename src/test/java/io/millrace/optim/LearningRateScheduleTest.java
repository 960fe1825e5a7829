package io.millrace.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.testing.TinyBert;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against values worked out by hand from the formulas of transformers' {@code optimization.py}. */
class LearningRateScheduleTest {

  private static final Offset<Double> ROUNDING = within(1e-15);

  @Test
  void theRateRisesLinearlyAndThenStays() {
    LearningRateSchedule schedule = schedule("constant-with-warmup", Map.of("warmup-steps", "4"));

    assertThat(schedule.at(1)).isCloseTo(2e-5, ROUNDING);
    assertThat(schedule.at(2)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(4)).isEqualTo(8e-5);
    assertThat(schedule.at(1_000_000)).isEqualTo(8e-5);
  }

  @Test
  void withoutWarmUpTheFirstStepHasThePeak() {
    assertThat(schedule("constant-with-warmup", Map.of("warmup-steps", "0")).at(1)).isEqualTo(8e-5);
  }

  @Test
  void theInverseSquareRootHalvesTheRateWhenTheStepsAreFourTimesTheWarmUp() {
    LearningRateSchedule schedule = schedule("inverse-sqrt", Map.of("warmup-steps", "100"));

    assertThat(schedule.at(25)).isCloseTo(2e-5, ROUNDING);
    assertThat(schedule.at(100)).isCloseTo(8e-5, ROUNDING);
    assertThat(schedule.at(400)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(1_000_000)).isCloseTo(8e-7, ROUNDING);
  }

  @Test
  void theInverseSquareRootWithoutWarmUpHasATimescaleOfTenThousandSteps() {
    LearningRateSchedule schedule = schedule("inverse-sqrt", Map.of("warmup-steps", "0"));

    // (10000 + 30000) / 10000 = 4, (10000 + 2500) / 10000 = 1.25
    assertThat(schedule.at(30_000)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(2_500)).isCloseTo(7.155417527999328e-5, ROUNDING);
  }

  @Test
  void theRunOfWarmUpStableDecayNeverDecays() {
    LearningRateSchedule schedule =
        schedule("warmup-stable-decay", Map.of("warmup-steps", "4", "decay-steps", "7"));

    assertThat(schedule.at(1)).isCloseTo(2e-5, ROUNDING);
    assertThat(schedule.at(4)).isEqualTo(8e-5);
    assertThat(schedule.at(1_000_000)).isEqualTo(8e-5);
    assertThat(schedule.decaySteps()).isEqualTo(7);
  }

  @Test
  void aDecayFallsByOneMinusTheRootOfItsProgressBetweenBothEnds() {
    LearningRateSchedule decay = new LearningRateSchedule.Decay(8e-5, 3);

    // 1 - sqrt(1/4), 1 - sqrt(2/4), 1 - sqrt(3/4)
    assertThat(decay.at(1)).isCloseTo(4e-5, ROUNDING);
    assertThat(decay.at(2)).isCloseTo(2.3431457505076197e-5, ROUNDING);
    assertThat(decay.at(3)).isCloseTo(1.0717967697244908e-5, ROUNDING);
    assertThat(decay.at(4)).isZero();
    assertThat(decay.at(5)).as("a step more stays at 0").isZero();
  }

  @Test
  void onlyWarmUpStableDecayDecaysACopy() {
    assertThat(schedule("constant-with-warmup", Map.of("decay-steps", "7")).decaySteps()).isZero();
    assertThat(schedule("linear", Map.of("max-steps", "50")).decaySteps()).isZero();
  }

  @Test
  void theLinearScheduleFallsToZeroAndStaysThere() {
    LearningRateSchedule schedule =
        schedule("linear", Map.of("warmup-steps", "10", "max-steps", "50"));

    assertThat(schedule.at(5)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(10)).isCloseTo(8e-5, ROUNDING);
    assertThat(schedule.at(20)).isCloseTo(6e-5, ROUNDING);
    assertThat(schedule.at(49)).isCloseTo(2e-6, ROUNDING);
    assertThat(schedule.at(50)).isZero();
    assertThat(schedule.at(51)).isZero();
  }

  @Test
  void theCosineScheduleFallsToZeroAndStaysThere() {
    LearningRateSchedule schedule =
        schedule("cosine", Map.of("warmup-steps", "10", "max-steps", "70"));

    // Thirds of the half wave: cos 60° = 0.5, cos 90° = 0, cos 120° = -0.5
    assertThat(schedule.at(5)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(10)).isCloseTo(8e-5, ROUNDING);
    assertThat(schedule.at(30)).isCloseTo(6e-5, ROUNDING);
    assertThat(schedule.at(40)).isCloseTo(4e-5, ROUNDING);
    assertThat(schedule.at(50)).isCloseTo(2e-5, ROUNDING);
    assertThat(schedule.at(70)).isZero();
    assertThat(schedule.at(130)).as("the wave does not rise again").isZero();
  }

  @Test
  void aScheduleThatEndsNeedsToKnowWhen() {
    for (String type : new String[] {"linear", "cosine"}) {
      assertThatThrownBy(() -> schedule(type, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "millrace.training.lr-scheduler-type is "
                  + type
                  + ", which needs millrace.training.max-steps, the step at which the rate is 0");
    }
  }

  @Test
  void aWarmUpThatIsNotOverBeforeTheEndIsRefused() {
    assertThatThrownBy(() -> schedule("linear", Map.of("warmup-steps", "20", "max-steps", "20")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "millrace.training.max-steps is 20, but must be above millrace.training.warmup-steps,"
                + " 20");
  }

  private static LearningRateSchedule schedule(String type, Map<String, String> others) {
    Map<String, String> settings = new HashMap<>(others);
    settings.put("learning-rate", "8e-5");
    settings.put("lr-scheduler-type", type);
    return LearningRateSchedule.of(TinyBert.settings(settings));
  }
}
