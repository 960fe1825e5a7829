package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The packaged service in a state in which it waits for somebody: it says why, can be stopped, says
 * why again after a restart, and goes on by itself once what it waits for is there.
 */
final class WaitingState {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  private final TinyStream stream;
  private final Map<String, String> settings;
  private final Path log;

  /**
   * @param stream whose topics are in that state
   * @param settings of the service
   * @param name of the log, {@code target/faults/NAME.log}
   */
  WaitingState(TinyStream stream, Map<String, String> settings, String name) throws IOException {
    this.stream = stream;
    this.settings = settings;
    this.log = Files.createDirectories(Path.of("target", "faults")).resolve(name + ".log");
    Files.deleteIfExists(log);
  }

  /**
   * Checks all of it.
   *
   * @param place where the problem is told
   * @param cause part of it
   * @param mend ends the state
   */
  void check(String place, String cause, Mending mend) throws Exception {
    try (Service service = Service.launch(settings, log)) {
      awaitProblem(service, place, cause);
      stopsSoon(service);
    }
    try (Service service = Service.launch(settings, log)) {
      JsonNode problem = awaitProblem(service, place, cause);
      assertThat(problem.get("remedy").asText()).isNotBlank();
      assertThat(problem.get("since").asText()).isNotBlank();
      mend.mend();
      await("everything trained, see " + log)
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                JsonNode status = service.get("/api/v1/status");
                return stream.examples() == WaitingStates.EXAMPLES
                    && stream.isFinished(status.get("training"))
                    && status.get("problem").isNull()
                    && stream.records("dead-letter").size() == stream.bad();
              });
      assertThat(service.get("/q/health/live").get("status").asText()).isEqualTo("UP");
      stopsSoon(service);
    }
    assertThat(stream.records("dead-letter")).hasSize((int) stream.bad());
  }

  /** Checks that it starts, tells the problem and can be stopped; it is not mended. */
  void waitsAndStops(String place, String cause) throws IOException {
    try (Service service = Service.launch(settings, log)) {
      awaitProblem(service, place, cause);
      stopsSoon(service);
    }
  }

  private JsonNode awaitProblem(Service service, String place, String cause) {
    return await("problem " + place + ", see " + log)
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> problem(service, place, cause), found -> found != null);
  }

  private static JsonNode problem(Service service, String place, String cause) {
    for (JsonNode problem : service.get("/api/v1/status").get("problems")) {
      if (problem.get("place").asText().startsWith(place)
          && problem.get("cause").asText().contains(cause)) {
        return problem;
      }
    }
    return null;
  }

  private void stopsSoon(Service service) {
    long start = System.nanoTime();
    assertThat(service.stop()).isIn(0, 143);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("see " + log)
        .isLessThan(STOP_WITHIN);
  }

  /** Ends the state. */
  @FunctionalInterface
  interface Mending {
    void mend() throws Exception;
  }
}
