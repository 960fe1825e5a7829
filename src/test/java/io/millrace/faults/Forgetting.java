package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.ForgetfulBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker forgets the group's offsets while the service is off, and its transactional id while
 * it is idle, as brokers do after seven days: nothing is sent twice or lost, and it goes on by
 * itself ({@code ./mvnw -Pfaults verify}).
 */
class Forgetting {

  private static final int HALF = 8 * TinyStream.CHUNK;
  private static final Duration EXPIRES_WITHIN = Duration.ofMinutes(4);
  private static ForgetfulBroker broker;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    broker = new ForgetfulBroker();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void theGroupsOffsetsExpireWhileTheServiceIsOff() throws Exception {
    // Given
    CrashRun run = new CrashRun("offsets-expired", 1, folder, broker.brokers());
    String group = run.stream().group();

    // When
    Outcome outcome =
        run.run(
            service -> {
              service.runUntil(() -> service.stream().records("dead-letter").size() >= 2);
              awaitForgotten(() -> broker.hasForgottenGroup(group));
            });

    // Then
    outcome.assertWhole();
    assertThat(Files.readString(Path.of("target/faults/offsets-expired.log")))
        .contains("group " + group + " has no offsets any more: they expired");
  }

  @Test
  void theTransactionalIdExpiresWhileTheOwnerIsIdle() throws Exception {
    // Given a stream that pauses in its middle for longer than the id is kept
    CrashRun run = new CrashRun("id-expired", 1, folder, broker.brokers());

    // When
    Outcome outcome =
        run.run(
            examples -> {
              if (examples == HALF) {
                awaitForgotten(() -> broker.hasForgottenId("millrace-id-expired"));
              }
              return examples < 2 * HALF;
            },
            service -> {});

    // Then
    outcome.assertWhole();
    assertThat(Files.readString(Path.of("target/faults/id-expired.log")))
        .contains("goes on with a new producer")
        .doesNotContain("this instance stops training");
  }

  private static void awaitForgotten(Callable<Boolean> forgotten) {
    await("the broker to forget")
        .atMost(EXPIRES_WITHIN)
        .pollInterval(Duration.ofSeconds(1))
        .until(forgotten);
  }
}
