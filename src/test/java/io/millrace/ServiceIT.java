package io.millrace;

import static io.millrace.testing.MailRun.awaitTrained;
import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.MailRun;
import io.millrace.testing.Messages;
import io.millrace.testing.Service;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.web.WebApiChecks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One life of the packaged service against a real broker, with the real MiniLM and real mails: it
 * learns, is killed and goes on, and is stopped. The nested classes are the stages of this life, in
 * order; the tests of a stage only look, in any order.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class ServiceIT {

  private static final String MODEL = "mail";
  private static final int FIRST = 448;
  private static final int SECOND = 96;
  private static final int BACKLOG = 2500;
  private static final String SECRET = "do not log me";

  /** Outlives the test: what to look at when it fails. */
  private static final Path LOG = Path.of("target", "service-it.log");

  @TempDir private static Path folder;
  private static MailRun mails;
  private static Service service;

  /** Trained when the stage before ended. */
  private static long trained;

  @BeforeAll
  static void learnFromMailsAndTwoRecordsThatBreakTheContract() throws IOException {
    Files.deleteIfExists(LOG);
    mails = new MailRun(MODEL, folder);
    mails.send(0, FIRST);
    mails.sendRaw("{\"text\": \"" + SECRET + "\", \"label\": \"neither\"}");
    mails.sendRaw(SECRET + ", I am no JSON");
    service = Service.start(settings(), LOG);
    awaitTrained(service, mails.examples(0, FIRST));
    await("a version")
        .atMost(Duration.ofMinutes(2))
        .until(() -> service.get("/api/v1/versions").toString().contains("\"version\":1"));
    await("the predictor to have loaded it")
        .atMost(Duration.ofSeconds(60))
        .until(() -> predicted().contains("spam"));
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = mails.settings();
    // The next owner takes over after this.
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "6000");
    settings.put("mp.messaging.incoming.input.heartbeat.interval.ms", "500");
    return settings;
  }

  @Nested
  @Order(1)
  class Learned {

    @Test
    void itAnswersTextsItNeverSawWellAboveAConstantAnswer() {
      await("an evaluation well above a constant answer")
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                JsonNode last = training(service).get("lastEvaluation");
                return last.get("accuracy").asDouble()
                    > last.get("constantAccuracy").asDouble() + 0.1;
              });
    }

    @Test
    void eachRefusedRecordIsADeadLetterAsItCameWithTheReason() {
      await().atMost(Duration.ofSeconds(30)).until(() -> mails.deadLetters().size() == 2);

      assertThat(mails.deadLetters())
          .extracting(letter -> header(letter, "millrace-reason"))
          .containsExactly("UNKNOWN_LABEL", "UNDECODABLE");
      assertThat(mails.deadLetters())
          .extracting(letter -> new String(letter.value(), StandardCharsets.UTF_8))
          .containsExactly(
              "{\"text\": \"" + SECRET + "\", \"label\": \"neither\"}", SECRET + ", I am no JSON");
    }

    @Test
    void noTextIsLogged() throws IOException {
      await().atMost(Duration.ofSeconds(30)).until(() -> mails.deadLetters().size() == 2);

      assertThat(service.log()).doesNotContain(SECRET);
    }

    @Test
    void theAnnouncedVersionIsWhole() throws IOException {
      ModelVersion announced = mails.announced().get(0);

      assertThat(announced.version()).isEqualTo(1);
      assertThat(announced.labels()).containsExactly("ham", "spam");
      new FolderVersionStore(folder.resolve(MODEL).resolve("versions")).verify(announced);
    }

    @Test
    void thePageAndTheToolsAreThere() {
      WebApiChecks.pageAndTools(service.url(""));
    }

    @Test
    void theStatusNamesItsModelAndItsVersion() {
      WebApiChecks.status(service.url(""));
      assertThat(service.get("/api/v1/status").get("servedNewestExampleAgeSeconds").asDouble())
          .isPositive();
    }

    @Test
    void theHistoryIsInTheOrderOfItsSteps() {
      WebApiChecks.history(service.url(""));
    }

    @Test
    void requestsThatBreakARuleGetAProblem() {
      WebApiChecks.refusals(service.url(""));
    }

    @Test
    void predictionsAreAnsweredByTheServedVersion() {
      WebApiChecks.predictions(service.url(""), served());
    }

    @Test
    void eachFileOfAVersionIsFetchedWholeOrInPart() {
      WebApiChecks.versionsAndFiles(service.url(""), served());
    }

    @Test
    void answersAreWhatTheInterfacesDescriptionSays() {
      WebApiChecks.documented(service.url(""), served());
    }

    @Test
    void aTrainedExampleNamesItsVersions() {
      WebApiChecks.examples(service.url(""), mails.firstExample());
    }

    @Test
    void paddingStaysSmall() {
      assertThat(training(service).get("paddingShare").asDouble()).isLessThan(0.15);
    }

    @Test
    void itTakesNoMoreMemoryThanItMay() throws IOException {
      assertThat(service.peakResident()).isLessThan(2_500_000_000L);
    }

    private static long served() {
      return service.get("/api/v1/status").get("servedVersion").asLong();
    }
  }

  @Nested
  @Order(2)
  class Killed {

    @BeforeAll
    static void killItAfterACheckpointAndStartItAgainWithMoreMails() throws IOException {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> training(service).hasNonNull("lastCheckpoint"));
      trained = training(service).get("examplesTrained").asLong();
      service.kill();
      mails.send(FIRST, FIRST + SECOND);
      service = Service.start(settings(), LOG);
    }

    @Test
    void itTrainsOnExactlyTheRest() {
      awaitTrained(service, trained + mails.examples(FIRST, FIRST + SECOND));
    }

    @Test
    void itGoesOnFromItsCheckpointWithTheVersionItHad() throws IOException {
      awaitTrained(service, trained + mails.examples(FIRST, FIRST + SECOND));

      assertThat(service.log()).contains("going on from checkpoint");
      assertThat(training(service).get("currentVersion").asLong()).isGreaterThanOrEqualTo(1);
    }
  }

  /** With far more to train on than its queues hold. */
  @Nested
  @Order(3)
  class Stopped {

    private static int exitCode;

    @BeforeAll
    static void stopItWhileItTrainsOnABacklog() throws IOException {
      long before = mails.examples(0, FIRST + SECOND);
      awaitTrained(service, before);
      mails.send(FIRST + SECOND, FIRST + SECOND + BACKLOG);
      await("training on the backlog")
          .atMost(Duration.ofMinutes(1))
          .until(() -> training(service).get("examplesTrained").asLong() > before);
      exitCode = service.stop();
    }

    @Test
    void itEndsWithoutAnErrorAndSaysThatEverythingIsSaved() throws IOException {
      assertThat(exitCode).isIn(0, 143);
      assertThat(service.log()).contains("everything saved");
    }

    @Test
    void itDoesNotWaitForTheBacklog() throws IOException {
      long last = 0;
      for (ConsumerRecord<byte[], byte[]> record : mails.records("metrics")) {
        last = Math.max(last, Json.MAPPER.readTree(record.value()).path("examplesTotal").asLong());
      }
      assertThat(last)
          .isGreaterThan(mails.examples(0, FIRST + SECOND))
          .isLessThan(mails.examples(0, FIRST + SECOND + BACKLOG) - BACKLOG / 2);
    }

    @Test
    void overTheKillAndTheStopNothingWasAnnouncedOrDeadLetteredTwiceOrLeftOut() {
      assertThat(mails.announced())
          .extracting(ModelVersion::version)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, mails.announced().size()).boxed().toList());
      assertThat(mails.deadLetters()).hasSize(2);
    }

    @Test
    void everyMessageOfTheRunFollowsTheContract() {
      Messages.versions(MODEL, mails.records("versions"));
      Messages.metrics(MODEL, mails.records("metrics"));
      Messages.deadLetters(mails.deadLetters());
      Messages.examples(mails.records("heldout"));
    }
  }

  private static String predicted() {
    return service.post("/api/v1/predict", "{\"text\": \"You have won a free cruise\"}").toString();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
