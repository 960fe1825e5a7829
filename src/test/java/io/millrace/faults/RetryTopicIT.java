package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import io.millrace.testing.ServiceCommand;
import io.millrace.testing.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that were refused and are sent back once the model takes their label. */
class RetryTopicIT {

  private static final int EXAMPLES = 6 * TinyStream.CHUNK;
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Path LOG = Path.of("target", "retry-it.log");

  @TempDir private Path folder;

  @Test
  void whatWasRefusedIsTrainedOnceAfterItWasSentBackToATopicThatNoUnitKnew() throws Exception {
    // Given a model that has refused four examples for their label
    Files.deleteIfExists(LOG);
    TinyStream stream = new TinyStream("sent-back", 1, folder);
    CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(stream));
    try (Service service = Service.start(stream.settings(), LOG)) {
      await("all to be read")
          .atMost(SOON)
          .until(() -> feeding.isDone() && stream.isFinished(MailRun.training(service)));
      assertThat(feeding).isCompleted();
      assertThat(service.stop()).isIn(0, 143);
    }
    assertThat(stream.records("dead-letter")).hasSize(4);

    // When they are sent back, and the model may grow
    Map<String, String> settings = new HashMap<>(stream.settings());
    String retry = TestBroker.topic("retry", 1);
    settings.put("millrace.topics.retry", retry);
    settings.put("millrace.labels.unknown", "grow");
    settings.put("millrace.batch.chunk-max-wait", "300ms"); // four are no chunk
    ServiceCommand replay = ServiceCommand.run(settings, "replay");
    assertThat(replay.exitCode()).as(replay.output()).isZero();
    assertThat(TestBroker.records(retry)).hasSize(4);

    // Then they are trained, and a death changes nothing
    try (Service service = Service.start(settings, LOG)) {
      awaitAllTrained(service, retry);
      service.kill();
    }
    try (Service service = Service.start(settings, LOG)) {
      awaitAllTrained(service, retry);
      assertThat(service.get("/api/v1/examples/" + stream.topic("examples") + "-0@17").toString())
          .contains("TRAINED");
      assertThat(service.stop()).isIn(0, 143);
    }
    assertThat(stream.records("dead-letter")).hasSize(4);
    assertThat(stream.records("examples")).hasSize(EXAMPLES);
  }

  private static void awaitAllTrained(Service service, String retry) {
    await("all to be trained, see " + LOG)
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode training = MailRun.training(service);
              assertThat(training.get("examplesTrained").asLong()).isEqualTo(EXAMPLES);
              assertThat(training.at("/positions/" + retry + "-0").asLong()).isEqualTo(4);
              assertThat(training.get("labels").toString()).contains("unheard-of");
            });
  }

  private static void feed(TinyStream stream) {
    try {
      stream.feed(examples -> examples < EXAMPLES);
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
    }
  }
}
