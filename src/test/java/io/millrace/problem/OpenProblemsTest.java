package io.millrace.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OpenProblemsTest {

  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final OpenProblems problems = new OpenProblems(now::get);

  @Test
  void aProblemThatChangesKeepsTheTimeOfItsBeginning() {
    // Given
    problems.report("commit", Outlook.RETRIES, "no broker answers", "start the broker");
    now.set(NOON.plusSeconds(60));

    // When
    problems.report("commit", Outlook.WAITS_FOR_OPERATOR, "a right is missing", "grant it");

    // Then
    assertThat(problems.all())
        .containsExactly(
            new OpenProblem(
                "commit", Outlook.WAITS_FOR_OPERATOR, "a right is missing", "grant it", NOON));
  }

  @Test
  void theGravestComesFirstThenTheOldest() {
    // Given
    problems.report("upload", Outlook.RETRIES, "S3 is away", "wait");
    now.set(NOON.plusSeconds(1));
    problems.report("take-over", Outlook.REFUSED, "another topic", "accept it");
    now.set(NOON.plusSeconds(2));
    problems.report("commit", Outlook.RETRIES, "no broker answers", "wait");

    // When
    var places = problems.all().stream().map(OpenProblem::place);

    // Then
    assertThat(places).containsExactly("take-over", "upload", "commit");
    assertThat(problems.gravest()).map(OpenProblem::place).contains("take-over");
  }

  @Test
  void aResolvedProblemIsGoneAndBeginsAnewWhenItComesBack() {
    // Given
    problems.report("commit", Outlook.RETRIES, "no broker answers", "wait");

    // When
    problems.resolve("commit");
    now.set(NOON.plusSeconds(9));

    // Then
    assertThat(problems.gravest()).isEmpty();
    problems.report("commit", Outlook.RETRIES, "no broker answers", "wait");
    assertThat(problems.gravest()).map(OpenProblem::since).contains(NOON.plusSeconds(9));
  }
}
