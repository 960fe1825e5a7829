package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EvaluationPaceTest {

  private final EvaluationPace pace = new EvaluationPace(0.1);

  @Test
  void theFirstIsFree() {
    assertThat(pace.affords(Duration.ZERO, 100)).isTrue();
  }

  @Test
  void anEvaluationIsFollowedByNineTimesItsDurationWithoutAny() {
    pace.made(Duration.ofSeconds(8), 100);

    assertThat(pace.affords(Duration.ofSeconds(71), 100)).isFalse();
    assertThat(pace.affords(Duration.ofSeconds(72), 100)).isTrue();
  }

  @Test
  void oneOfALargerWindowIsExpectedToTakeLonger() {
    pace.made(Duration.ofSeconds(8), 100);

    assertThat(pace.affords(Duration.ofSeconds(107), 150)).isFalse();
    assertThat(pace.affords(Duration.ofSeconds(108), 150)).isTrue();
    assertThat(pace.affords(Duration.ofSeconds(72), 50)).isTrue();
    assertThat(pace.affords(Duration.ofSeconds(143), 1000)).isFalse();
    assertThat(pace.affords(Duration.ofSeconds(144), 1000)).isTrue();
  }

  @Test
  void withAllOfTheTimeEveryOneIsAffordable() {
    EvaluationPace free = new EvaluationPace(1);
    free.made(Duration.ofSeconds(8), 100);

    assertThat(free.affords(Duration.ZERO, 100)).isTrue();
  }
}
