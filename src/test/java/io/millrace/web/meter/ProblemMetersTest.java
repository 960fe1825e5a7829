package io.millrace.web.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.storage.DurabilityTimes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProblemMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void aProblemIsAGaugeWhileItIsOpenAndAbsentOtherwise() {
    // Given
    OpenProblems problems = new OpenProblems();
    problems.report("take-over", Outlook.RETRIES, "no broker answers", "start it");
    new ProblemMeters(problems).bindTo(registry);
    assertThat(open("take-over", "retries")).isTrue();

    // When it changes, and another begins
    problems.report("take-over", Outlook.WAITS_FOR_OPERATOR, "a right is missing", "grant it");
    problems.report("commit", Outlook.RETRIES, "no broker answers", "start it");

    // Then
    assertThat(open("take-over", "retries")).isFalse();
    assertThat(open("take-over", "waits_for_operator")).isTrue();
    assertThat(open("commit", "retries")).isTrue();

    // When
    problems.resolve("take-over");

    // Then
    assertThat(open("take-over", "waits_for_operator")).isFalse();
    assertThat(open("commit", "retries")).isTrue();
  }

  @Test
  void theAgeOfTheLastCommitCountsFromTheTakeOverUntilThereIsOne() {
    // Given a standby
    AtomicLong now = new AtomicLong();
    DurabilityTimes times = new DurabilityTimes(now::get);
    new DurabilityMeters(times, true).bindTo(registry);
    assertThat(value("millrace.owner")).isZero();
    assertThat(value("millrace.commit.age")).isNaN();

    // When it takes over, and commits
    times.owns();
    now.addAndGet(Duration.ofSeconds(30).toNanos());
    assertThat(value("millrace.owner")).isOne();
    assertThat(value("millrace.commit.age")).isEqualTo(30);
    times.committing();
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(times.committing(now.get())).isEqualTo(Duration.ofSeconds(2));
    times.committed();
    times.journaled(Duration.ofMillis(500));

    // Then
    assertThat(value("millrace.commit.age")).isZero();
    assertThat(times.broker()).isEqualTo(new DurabilityTimes.Snapshot(1, 2));
    assertThat(times.journal()).isEqualTo(new DurabilityTimes.Snapshot(1, 0.5));
    assertThat(times.committing(now.get())).isZero();

    // When it is a standby again
    times.ownsNoLonger();
    assertThat(value("millrace.owner")).isZero();
    assertThat(value("millrace.commit.age")).isNaN();
  }

  @Test
  void aReplicaOwnsNothingAndIsNoStandbyEither() {
    new DurabilityMeters(new DurabilityTimes(), false).bindTo(registry);

    assertThat(value("millrace.owner")).isNaN();
  }

  private boolean open(String place, String outlook) {
    var gauge = registry.find("millrace.problem").tags("place", place, "outlook", outlook).gauge();
    return gauge != null && gauge.value() == 1;
  }

  private double value(String name) {
    return registry.get(name).gauge().value();
  }
}
