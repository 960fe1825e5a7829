package io.millrace.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EvaluationBudgetTest {

  private final EvaluationBudget pace = new EvaluationBudget(0.1);

  @Test
  void theFirstIsFree() {
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void anEvaluationIsFollowedByNineTimesItsDurationOfTraining() {
    // Given one that was earned
    pace.trained(72, 100);
    pace.made(8, 100);

    pace.trained(71, 100);
    assertThat(pace.affords(100)).isFalse();
    pace.trained(1, 100);
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void whatTheFirstTookBeforeItWasEarnedIsEarnedBeforeTheNext() {
    pace.made(8, 100);

    pace.trained(143, 100);
    assertThat(pace.affords(100)).isFalse();
    pace.trained(1, 100);
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void inTheLongRunEvaluationsTakeTheirShareAndNoMore() {
    double trained = 0;
    double evaluated = 0;
    for (int step = 0; step < 100_000; step++) {
      pace.trained(0.5, 100);
      trained += 0.5;
      if (pace.affords(100)) {
        double seconds = 5 + step % 7;
        pace.made(seconds, 100);
        evaluated += seconds;
      }
    }
    assertThat(evaluated / (trained + evaluated)).isBetween(0.09, 0.101);
  }

  @Test
  void nothingIsSavedUpForABurst() {
    pace.trained(72, 100);
    pace.made(8, 100);
    pace.trained(100_000, 100);

    pace.made(8, 100);
    assertThat(pace.affords(100)).isTrue();
    pace.made(8, 100);
    assertThat(pace.affords(100)).isFalse();
  }

  @Test
  void oneOfALargerWindowIsExpectedToTakeLonger() {
    pace.trained(72, 100);
    pace.made(8, 100);

    pace.trained(72, 100);
    assertThat(pace.affords(50)).isTrue();
    assertThat(pace.affords(150)).isFalse();
    pace.trained(36, 100);
    assertThat(pace.affords(150)).isTrue();
    assertThat(pace.affords(1000)).isFalse();
    pace.trained(611, 100);
    assertThat(pace.affords(1000)).isFalse();
    pace.trained(2, 100);
    assertThat(pace.affords(1000)).isTrue();
  }

  @Test
  void whatTheFirstTookToWarmUpDoesNotGrowWithTheWindow() {
    // Given steps at a millisecond an example, so that a thousand are scored in a third of a second
    pace.trained(72, 72_000);
    pace.made(8, 20);

    // Then it is twice the last that is earned, not fifty times
    pace.trained(143, 143_000);
    assertThat(pace.affords(1000)).isFalse();
    pace.trained(2, 2000);
    assertThat(pace.affords(1000)).isTrue();
  }

  @Test
  void anUrgentOneIsRationedByTheClock() {
    pace.made(8, 100);

    assertThat(pace.affordsUrgent(Duration.ofSeconds(71), 100)).isFalse();
    assertThat(pace.affordsUrgent(Duration.ofSeconds(72), 100)).isTrue();
    assertThat(pace.affords(100)).isFalse();
  }

  @Test
  void whatUrgentOnesTookIsNotOwedForLong() {
    for (int look = 0; look < 24; look++) {
      pace.made(8, 100);
    }

    pace.trained(144, 100);
    assertThat(pace.affords(100)).isTrue();
  }

  @Test
  void withAllOfTheTimeEveryOneIsAffordable() {
    EvaluationBudget free = new EvaluationBudget(1);
    free.made(8, 100);

    assertThat(free.affords(100)).isTrue();
    assertThat(free.affordsUrgent(Duration.ZERO, 100)).isTrue();
  }
}
