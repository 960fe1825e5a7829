package io.millrace.stray;

import static io.millrace.example.Amendment.Kind.RETRACTED;
import static io.millrace.example.Amendment.Kind.SUPERSEDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.example.Amendment;
import io.millrace.example.RecordPosition;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.web.meter.StrayMeters;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StrayAmendmentsTest {

  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final OpenProblems problems = new OpenProblems();
  private final StrayAmendments strays = new StrayAmendments(problems, () -> now);

  @Test
  void aCorrectionInAnotherPartitionIsCountedAndSaidWithBothPlaces() {
    // When
    arrived("examples", 0, 3, "a", SUPERSEDED);
    arrived("examples", 1, 17, "a", SUPERSEDED);

    // Then
    assertThat(strays.count(SUPERSEDED)).isEqualTo(1);
    OpenProblem problem = problems.gravest().orElseThrow();
    assertThat(problem.place()).isEqualTo("ids:examples");
    assertThat(problem.cause())
        .startsWith(
            "record examples-1@17 has an id that was last seen in partition 0 of examples: it does"
                + " not correct what is there, both are trained on");
    assertThat(problem.remedy()).startsWith("Key the records by their id");
  }

  @Test
  void aRetractionInAnotherPartitionIsCountedByItself() {
    arrived("examples", 2, 3, "a", SUPERSEDED);
    arrived("examples", 0, 9, "a", RETRACTED);

    assertThat(strays.count(RETRACTED)).isEqualTo(1);
    assertThat(strays.count(SUPERSEDED)).isZero();
    assertThat(problems.gravest().orElseThrow().cause())
        .startsWith("record examples-0@9 retracts an id that was last seen in partition 2");
  }

  @Test
  void oneOfTheSamePartitionIsNoneNorIsOneOfAnotherTopicOrAnUnknownOne() {
    arrived("examples", 1, 3, "a", SUPERSEDED);
    arrived("examples", 1, 4, "a", SUPERSEDED);
    arrived("examples", 1, 5, "a", RETRACTED);
    arrived("heldout", 0, 5, "a", SUPERSEDED);
    arrived("examples", 0, 5, "never seen", RETRACTED);

    assertThat(strays.count(SUPERSEDED) + strays.count(RETRACTED)).isZero();
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void aThousandOfThemAreOneProblemWhichEndsAnHourAfterTheLast() {
    // Given a producer that takes partitions in turns
    for (int i = 0; i < 1000; i++) {
      arrived("examples", i % 2, i, "a", SUPERSEDED);
    }
    assertThat(strays.count(SUPERSEDED)).isEqualTo(999);
    assertThat(problems.all()).hasSize(1);

    // When others come, within the hour and after it
    now = now.plus(Duration.ofMinutes(59));
    arrived("examples", 0, 2000, "b", SUPERSEDED);
    assertThat(problems.all()).hasSize(1);
    now = now.plus(Duration.ofMinutes(2));
    arrived("examples", 0, 2001, "c", SUPERSEDED);

    // Then
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void recentIdsAreRememberedAndNoneIsTakenForAnother() {
    // Given two thousand ids, the first half seen twice, in another partition the second time
    for (int i = 0; i < 2000; i++) {
      arrived("examples", 0, i, "id-" + i, SUPERSEDED);
    }
    for (int i = 0; i < 1000; i++) {
      arrived("examples", 1, i, "id-" + i, SUPERSEDED);
    }

    // Then but for those whose slot another took
    assertThat(strays.count(SUPERSEDED)).isBetween(980L, 1000L);
  }

  @Test
  void theMetersCountThem() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new StrayMeters(strays).bindTo(registry);
    arrived("examples", 0, 3, "a", SUPERSEDED);
    arrived("examples", 1, 3, "a", RETRACTED);

    assertThat(
            registry
                .get("millrace.stray.amendments")
                .tag("kind", "retracted")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  private void arrived(String topic, int partition, long offset, String id, Amendment.Kind kind) {
    strays.arrived(new Amendment(new RecordPosition(topic, partition, offset), id, kind));
  }
}
