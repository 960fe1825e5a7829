package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.demo.Mail;
import io.millrace.demo.MailStream;
import io.millrace.publication.FolderVersionStore;
import io.millrace.publication.Json;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionEvent;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.web.WebApiChecks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service against a real broker, with the real MiniLM and real mails. */
class ServiceIT {

  private static final int FIRST = 704;
  private static final int SECOND = 96;
  private static final int BACKLOG = 2500;

  @TempDir private Path folder;

  private final Map<String, String> topics =
      Map.of(
          "examples", TestBroker.topic("examples", 1),
          "heldout", TestBroker.topic("heldout", 1),
          "versions", TestBroker.topic("versions", 1),
          "metrics", TestBroker.topic("metrics", 1),
          "dead-letter", TestBroker.topic("dead-letter", 1));

  @Test
  void itLearnsPublishesAndGoesOnAfterAKill() throws IOException {
    // Given mails on the topics, and two records that break the contract
    List<Mail> mails = MailStream.read();
    send(mails, 0, FIRST);
    sendRaw("examples", "{\"text\": \"do not log me\", \"label\": \"neither\"}");
    sendRaw("examples", "do not log me, I am no JSON");

    long trained;
    try (Service service = Service.start(settings(), folder.resolve("log"))) {
      // When it has trained on all of them
      awaitTrained(service, count(mails, 0, FIRST, false));

      // Then a version is out, and the weights beat a constant answer on what they never saw
      awaitVersion(service, 1);
      await("an evaluation well above a constant answer")
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                JsonNode last = training(service).get("lastEvaluation");
                return last.get("accuracy").asDouble()
                    > last.get("constantAccuracy").asDouble() + 0.1;
              });

      // And each refused record is on the dead-letter topic, as it came, with the reason
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> TestBroker.records(topics.get("dead-letter")).size() == 2);
      assertThat(TestBroker.records(topics.get("dead-letter")))
          .extracting(letter -> header(letter, "millrace-reason"))
          .containsExactly("UNKNOWN_LABEL", "UNDECODABLE");
      assertThat(service.log()).doesNotContain("do not log me");

      // And the announced version is whole
      ModelVersion announced =
          VersionEvent.parse(text(TestBroker.records(topics.get("versions")).get(0)));
      assertThat(announced.version()).isEqualTo(1);
      assertThat(announced.labels()).containsExactly("ham", "spam");
      new FolderVersionStore(folder.resolve("store/mail/versions")).verify(announced);

      // And it predicts
      awaitPrediction(service);

      // And its interface answers as documented
      String base = service.url("");
      long served = service.get("/api/v1/status").get("servedVersion").asLong();
      WebApiChecks.pageAndTools(base);
      WebApiChecks.status(base);
      WebApiChecks.history(base);
      WebApiChecks.refusals(base);
      WebApiChecks.predictions(base, served);
      WebApiChecks.versionsAndFiles(base, served);

      // And padding stays small
      assertThat(training(service).get("paddingShare").asDouble()).isLessThan(0.15);

      // And it has not taken more memory than it may
      assertThat(service.peakResident()).isLessThan(2_500_000_000L);

      // When it is killed behind a checkpoint
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> training(service).hasNonNull("lastCheckpoint"));
      trained = training(service).get("examplesTrained").asLong();
      service.kill();
    }

    // And more mails come while it is down
    send(mails, FIRST, FIRST + SECOND);

    try (Service service = Service.start(settings(), folder.resolve("log"))) {
      // Then it trains on exactly the rest, with the version it had
      long all = trained + count(mails, FIRST, FIRST + SECOND, false);
      awaitTrained(service, all);
      assertThat(training(service).get("currentVersion").asLong()).isGreaterThanOrEqualTo(1);
      assertThat(service.log()).contains("going on from checkpoint");

      // When it is stopped with far more behind it than its queues hold
      send(mails, FIRST + SECOND, FIRST + SECOND + BACKLOG);
      await("training on the backlog")
          .atMost(Duration.ofMinutes(1))
          .until(() -> training(service).get("examplesTrained").asLong() > all);

      // Then the stop saves everything, and does not wait for the backlog
      long stopping = System.nanoTime();
      assertThat(service.stop()).isIn(0, 143);
      assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(30));
      assertThat(service.log()).contains("everything saved");
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    topics.forEach((name, topic) -> settings.put("millrace.topics." + name, topic));
    settings.put("millrace.model.name", "mail");
    settings.put("millrace.store", folder.resolve("store").toString());
    settings.put("millrace.labels.names", "ham,spam");
    settings.put("millrace.tokenize.max-length", "32");
    settings.put("millrace.batch.chunk-examples", "64");
    settings.put("millrace.batch.chunk-max-wait", "2s");
    settings.put("millrace.publication.min-held-out-per-label", "5");
    settings.put("millrace.checkpoint.every", "2s");
    settings.put("millrace.training.learning-rate", "2e-4");
    settings.put("millrace.training.warmup-steps", "5");
    settings.put("millrace.evaluation.every", "5s");
    return settings;
  }

  private void send(List<Mail> mails, int from, int to) throws IOException {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (Mail mail : mails.subList(from, to)) {
        String topic = MailStream.isHeldOut(mail.text()) ? "heldout" : "examples";
        byte[] value =
            Json.MAPPER.writeValueAsBytes(
                Map.of(
                    "id", mail.id(),
                    "text", mail.text(),
                    "label", mail.label(),
                    "timestamp", mail.timestamp()));
        TestBroker.send(producer, new ProducerRecord<>(topics.get(topic), value));
      }
    }
  }

  private void sendRaw(String topic, String value) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new ProducerRecord<>(topics.get(topic), value.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static long count(List<Mail> mails, int from, int to, boolean heldOut) {
    return mails.subList(from, to).stream()
        .filter(mail -> MailStream.isHeldOut(mail.text()) == heldOut)
        .count();
  }

  private static void awaitTrained(Service service, long examples) {
    await("all examples trained")
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> training(service).get("examplesTrained").asLong() >= examples);
    assertThat(training(service).get("examplesTrained").asLong()).isEqualTo(examples);
  }

  private static JsonNode training(Service service) {
    return service.get("/api/v1/status").get("training");
  }

  private static void awaitVersion(Service service, long version) {
    await("a version")
        .atMost(Duration.ofMinutes(2))
        .until(() -> service.get("/api/v1/versions").toString().contains("\"version\":" + version));
  }

  private static void awaitPrediction(Service service) {
    await("the predictor to have loaded it")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                service
                    .post("/api/v1/predict", "{\"text\": \"You have won a free cruise\"}")
                    .toString()
                    .contains("spam"));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
