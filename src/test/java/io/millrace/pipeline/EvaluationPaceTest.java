package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EvaluationPaceTest {

  private final EvaluationPace pace = new EvaluationPace(0.1);

  @Test
  void theFirstIsFree() {
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void anEvaluationIsFollowedByNineTimesItsDurationOfTraining() {
    pace.made(Duration.ofSeconds(8), 100);

    pace.trained(Duration.ofSeconds(70));
    assertThat(pace.affords(100)).isFalse();
    pace.trained(Duration.ofSeconds(2));
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void whatWasTrainedBeforeTheLastOneIsSpent() {
    pace.trained(Duration.ofHours(1));
    pace.made(Duration.ofSeconds(8), 100);

    assertThat(pace.affords(100)).isFalse();
  }

  @Test
  void oneOfALargerWindowIsExpectedToTakeLonger() {
    pace.made(Duration.ofSeconds(8), 100);

    pace.trained(Duration.ofSeconds(72));
    assertThat(pace.affords(50)).isTrue();
    assertThat(pace.affords(150)).isFalse();
    pace.trained(Duration.ofSeconds(36));
    assertThat(pace.affords(150)).isTrue();
    assertThat(pace.affords(1000)).isFalse();
    pace.trained(Duration.ofSeconds(36));
    assertThat(pace.affords(1000)).isTrue();
  }

  @Test
  void anUrgentOneIsPaidForByTheClock() {
    pace.made(Duration.ofSeconds(8), 100);

    assertThat(pace.affordsUrgent(Duration.ofSeconds(71), 100)).isFalse();
    assertThat(pace.affordsUrgent(Duration.ofSeconds(72), 100)).isTrue();
    assertThat(pace.affords(100)).isFalse();
  }

  @Test
  void withAllOfTheTimeEveryOneIsAffordable() {
    EvaluationPace free = new EvaluationPace(1);
    free.made(Duration.ofSeconds(8), 100);

    assertThat(free.affords(100)).isTrue();
  }
}
