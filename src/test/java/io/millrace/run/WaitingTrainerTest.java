package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.example.InboundRecord;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.Outlook;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that waits for others, or finds damage: it says so, goes on, and can be stopped. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WaitingTrainerTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  @TempDir private Path folder;

  private TinyService service;

  @BeforeEach
  void aBaseAndAStore() throws IOException {
    service = new TinyService(folder);
  }

  @Test
  void aCommitThatTheBrokerDoesNotTakeDoesNotHoldTheEndUp() throws Exception {
    // Given
    CountDownLatch waits = new CountDownLatch(1);
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1); // which commits, too
      service
          .broker()
          .stick(
              () -> {
                instance.board.times().committing();
                waits.countDown();
              });
      instance.receive(refused(0, 8));
      assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();

      // When
      long start = System.nanoTime();
      instance.trainer.stop(Duration.ofSeconds(50));
      instance.trainer.close();

      // Then
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
      assertThat(service.broker().commits()).isEmpty();
    }
  }

  @Test
  void noRoomOnTheDiskIsAProblemWithARemedyUntilThereIsRoom() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      service.diskFull().set(true);

      // When
      instance.receive(refused(0, 8));

      // Then
      OpenProblem problem =
          await()
              .atMost(SOON)
              .until(
                  () -> instance.board.problems().gravest().orElse(null), found -> found != null);
      assertThat(problem.place()).isEqualTo("checkpoint");
      assertThat(problem.outlook()).isEqualTo(Outlook.WAITS_FOR_OPERATOR);
      assertThat(problem.cause()).contains("No space left on device");
      assertThat(problem.remedy()).startsWith("Make room");

      // And it is over by itself
      service.diskFull().set(false);
      await().atMost(SOON).until(() -> instance.board.problems().all().isEmpty());
      await().atMost(SOON).until(() -> !service.broker().commits().isEmpty());
    }
  }

  @Test
  void aDamagedPredecessorIsNamedAndTrainingGoesOn() throws Exception {
    // Given
    publishTwo();
    List<ModelVersion> versions = service.versions().list();
    ModelVersion predecessor = versions.get(versions.size() - 2);
    damage(predecessor);

    // Then
    goesOnWithout(predecessor, versions, "nothing rolls back to this one");
  }

  @Test
  void aDamagedCurrentVersionIsNamedAndTheOneBeforeStandsInForIt() throws Exception {
    // Given
    publishTwo();
    List<ModelVersion> versions = service.versions().list();
    ModelVersion current = versions.get(versions.size() - 1);
    damage(current);

    // Then
    goesOnWithout(current, versions, "compared with an earlier version, or with none");
  }

  private void goesOnWithout(ModelVersion damaged, List<ModelVersion> before, String consequence)
      throws Exception {
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(2);
      OpenProblem problem =
          await()
              .atMost(SOON)
              .until(
                  () -> instance.board.problems().gravest().orElse(null), found -> found != null);
      assertThat(problem.place()).isEqualTo("version");
      assertThat(problem.cause())
          .contains("version " + damaged.version() + " cannot be loaded")
          .contains(consequence);
      assertThat(problem.remedy())
          .contains(service.versions().folder(damaged.version(), damaged.term()).toString());

      // And the next version has the next number
      instance.receive(records(80, 160));
      await().atMost(SOON).until(() -> service.broker().versions().size() > before.size());
      assertThat(service.broker().versions().get(before.size()).version())
          .isEqualTo(before.get(before.size() - 1).version() + 1);

      // And takes the damaged one's place
      await().atMost(SOON).until(() -> instance.board.problems().all().isEmpty());
      assertThat(instance.board.failure()).isEmpty();
    }
  }

  private void publishTwo() throws Exception {
    List<InboundRecord> log = new ArrayList<>(heldOut(0, 8));
    log.addAll(records(0, 80));
    try (TinyService.Instance instance = service.trained(1, log, Map.of())) {
      instance.trainer.stop(SOON);
    }
    assertThat(service.versions().list()).hasSizeGreaterThanOrEqualTo(2);
  }

  private void damage(ModelVersion version) throws IOException {
    Path weights =
        service.versions().folder(version.version(), version.term()).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
  }
}
