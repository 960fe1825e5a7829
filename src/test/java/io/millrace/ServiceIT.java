package io.millrace;

import static io.millrace.testing.MailRun.awaitTrained;
import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.MailRun;
import io.millrace.testing.Messages;
import io.millrace.testing.Service;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.web.WebApiChecks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service against a real broker, with the real MiniLM and real mails. */
class ServiceIT {

  private static final int FIRST = 704;
  private static final int SECOND = 96;
  private static final int BACKLOG = 2500;

  /** Outlives the test: what to look at when it fails. */
  private static final Path LOG = Path.of("target", "service-it.log");

  @TempDir private Path folder;

  @Test
  void itLearnsPublishesAndGoesOnAfterAKill() throws IOException {
    // Given mails on the topics, and two records that break the contract
    MailRun mails = new MailRun("mail", folder);
    Map<String, String> settings = mails.settings();
    // What they cost is measured below, so they come as often as they do by default.
    settings.remove("millrace.evaluation.every");
    settings.remove("millrace.evaluation.max-share");
    mails.send(0, FIRST);
    mails.sendRaw("{\"text\": \"do not log me\", \"label\": \"neither\"}");
    mails.sendRaw("do not log me, I am no JSON");

    long trained;
    try (Service service = Service.start(settings, LOG)) {
      // When it has trained on all of them
      awaitTrained(service, mails.examples(0, FIRST));

      // Then a version is out, and the weights beat a constant answer on what they never saw
      awaitVersion(service, 1);
      await("an evaluation well above a constant answer")
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                JsonNode last = training(service).get("lastEvaluation");
                return last.get("accuracy").asDouble()
                    > last.get("constantAccuracy").asDouble() + 0.1;
              });

      // And each refused record is on the dead-letter topic, as it came, with the reason
      await().atMost(Duration.ofSeconds(30)).until(() -> mails.deadLetters().size() == 2);
      assertThat(mails.deadLetters())
          .extracting(letter -> header(letter, "millrace-reason"))
          .containsExactly("UNKNOWN_LABEL", "UNDECODABLE");
      assertThat(service.log()).doesNotContain("do not log me");

      // And the announced version is whole
      ModelVersion announced = mails.announced().get(0);
      assertThat(announced.version()).isEqualTo(1);
      assertThat(announced.labels()).containsExactly("ham", "spam");
      new FolderVersionStore(folder.resolve("mail/versions")).verify(announced);

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
      WebApiChecks.documented(base, served);
      WebApiChecks.examples(base, mails.firstExample());

      // And evaluations cost less than a tenth of training
      double share = training(service).get("evaluationShare").asDouble();
      System.out.printf(
          "evaluations took %.4f of what training steps took, evaluation settings at their defaults%n",
          share);
      assertThat(share).isPositive().isLessThan(0.1);
      assertThat(service.get("/api/v1/status").get("servedNewestExampleAgeSeconds").asDouble())
          .isPositive();

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
    mails.send(FIRST, FIRST + SECOND);

    try (Service service = Service.start(settings, LOG)) {
      // Then it trains on exactly the rest, with the version it had
      long all = trained + mails.examples(FIRST, FIRST + SECOND);
      awaitTrained(service, all);
      assertThat(training(service).get("currentVersion").asLong()).isGreaterThanOrEqualTo(1);
      assertThat(service.log()).contains("going on from checkpoint");

      // When it is stopped with far more behind it than its queues hold
      mails.send(FIRST + SECOND, FIRST + SECOND + BACKLOG);
      await("training on the backlog")
          .atMost(Duration.ofMinutes(1))
          .until(() -> training(service).get("examplesTrained").asLong() > all);

      // Then the stop saves everything, and does not wait for the backlog
      long stopping = System.nanoTime();
      assertThat(service.stop()).isIn(0, 143);
      assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(30));
      assertThat(service.log()).contains("everything saved");
    }

    // And over the kill and the stop nothing was announced or dead-lettered twice, or left out
    assertThat(mails.announced())
        .extracting(ModelVersion::version)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, mails.announced().size()).boxed().toList());
    assertThat(mails.deadLetters()).hasSize(2);

    // And every message of the run follows the contract
    Messages.versions("mail", mails.records("versions"));
    Messages.metrics("mail", mails.records("metrics"));
    Messages.deadLetters(mails.deadLetters());
    Messages.examples(mails.records("heldout"));
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
}
