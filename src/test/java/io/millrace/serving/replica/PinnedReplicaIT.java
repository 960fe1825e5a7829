package io.millrace.serving.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica with version 1 pinned, which gives three tenths of the requests to the current one. */
class PinnedReplicaIT {

  private static final Path LOG = Path.of("target", "pinned-replica-it.log");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int CUSTOMERS = 200;

  @TempDir private static Path folder;
  private static Service replica;

  @BeforeAll
  static void start() throws IOException {
    Files.deleteIfExists(LOG);
    ReplicaRun run = new ReplicaRun(folder);
    Map<String, String> settings = run.settings("pinned");
    settings.put("millrace.serving.pin", "1");
    settings.put("millrace.serving.canary-share", "0.3");
    replica = Service.start(settings, LOG);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                answeredBy("Millrace-Version", "pinned") == 1
                    && answeredBy("Millrace-Version", "current") == 2);
  }

  @AfterAll
  static void stop() {
    if (replica != null) {
      replica.close();
    }
  }

  @Test
  void thePinnedVersionIsTheOneServed() {
    assertThat(replica.get("/api/v1/status").get("servedVersion").asLong()).isEqualTo(1);
  }

  @Test
  void theCanarysShareOfCustomersIsAnsweredByTheCurrentVersion() throws Exception {
    Map<Long, Integer> answers = new HashMap<>();
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      answers.merge(answeredBy("Millrace-Canary-Key", "customer " + customer), 1, Integer::sum);
    }

    assertThat(answers.keySet()).containsExactlyInAnyOrder(1L, 2L);
    assertThat(answers.get(2L)).isBetween(30, 90);
  }

  @Test
  void aCustomerIsAlwaysAnsweredByTheSameVersion() throws Exception {
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      long version = answeredBy("Millrace-Canary-Key", "customer " + customer);

      assertThat(answeredBy("Millrace-Canary-Key", "customer " + customer)).isEqualTo(version);
    }
  }

  /** As the answer's header says; -1 where there is none. */
  private static long answeredBy(String header, String value) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(replica.url("/api/v1/predict")))
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(ReplicaRun.BODY))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.headers().firstValueAsLong("Millrace-Version").orElse(-1);
  }
}
