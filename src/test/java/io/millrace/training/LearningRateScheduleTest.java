package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

  @Test
  void theRateRisesLinearlyAndThenStays() {
    LearningRateSchedule schedule = new LearningRateSchedule(8e-5, 4);

    assertThat(schedule.at(1)).isCloseTo(2e-5, within(1e-12));
    assertThat(schedule.at(2)).isCloseTo(4e-5, within(1e-12));
    assertThat(schedule.at(4)).isEqualTo(8e-5);
    assertThat(schedule.at(1_000_000)).isEqualTo(8e-5);
  }

  @Test
  void withoutWarmUpTheFirstStepHasThePeak() {
    assertThat(new LearningRateSchedule(8e-5, 0).at(1)).isEqualTo(8e-5);
  }
}
