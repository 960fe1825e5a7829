package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.example.Partition;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners whose versions go to an artifact store, which is out of reach for a while. */
class ArtifactOutageTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private final MemoryArtifacts artifacts = new MemoryArtifacts();
  private TinyService service;
  private MemoryBroker broker;

  @BeforeEach
  void aServiceWithAnArtifactStore() throws IOException {
    service = new TinyService(folder);
    service.artifacts(artifacts);
    broker = service.broker();
  }

  @Test
  void aVersionIsAnnouncedWithWhereItWasSent() throws Exception {
    // When
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(heldOut(0, 8));
      instance.receive(records(0, 40));
      await().atMost(SOON).until(() -> !service.announced().isEmpty());

      // Then
      ModelVersion version = service.announced().get(0);
      assertThat(version.artifact()).isEqualTo("memory:/1-1/");
      assertThat(broker.versions().get(0)).isEqualTo(version);
      assertThat(artifacts.versions).containsEntry(version.key(), true);
      service.versions().verify(version); // the working copy
    }
  }

  @Test
  void withoutTheStoreTrainingGoesOnAndNothingIsAnnouncedUntilItIsBack() throws Exception {
    // Given
    artifacts.outage.set("Connection refused");
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(heldOut(0, 8));

      // When examples of many evaluations come
      instance.receive(records(0, 200));
      await().atMost(SOON).until(() -> committed("examples") == 200);

      // Then they are trained and committed, without a version, and the status says why
      assertThat(instance.board.status().examplesTrained()).isEqualTo(200);
      assertThat(broker.versions()).isEmpty();
      assertThat(service.versions().list()).isEmpty();
      assertThat(instance.board.status().publicationProblem())
          .contains("version 1 waits for the artifact store: Connection refused");

      // And the version is sent once the store is back
      artifacts.outage.set(null);
      await().atMost(SOON).until(() -> !broker.versions().isEmpty());
      assertThat(broker.versions().get(0).artifact()).isEqualTo("memory:/1-1/");
      await().atMost(SOON).until(() -> instance.board.status().publicationProblem().isEmpty());
    }
  }

  @Test
  void aVersionThatIsGivenUpGivesItsNumberToTheNext() throws Exception {
    // Given a store that is away for longer than a version waits
    artifacts.outage.set("Connection refused");
    try (TinyService.Instance instance =
        service.instance(Map.of("publication.upload-timeout", "0s"))) {
      instance.trainer.takeOver(1);
      instance.receive(heldOut(0, 8));
      instance.receive(records(0, 40));
      await().atMost(SOON).until(() -> committed("examples") == 40);
      await().atMost(SOON).until(() -> artifacts.attempts.get() >= 3);
      assertThat(broker.versions()).isEmpty();
      assertThat(artifacts.abandoned).hasSize(1);

      // When
      artifacts.outage.set(null);
      instance.receive(records(40, 80));
      await().atMost(SOON).until(() -> broker.versions().size() >= 2);

      // Then no number is left out, and what was made for nothing is gone
      assertThat(broker.versions().subList(0, 2))
          .extracting(ModelVersion::version)
          .containsExactly(1L, 2L);
      assertThat(service.stores().restorePoints().versions()).startsWith(1L, 2L);
      assertThat(service.stores().restorePoints().of(broker.versions().get(0))).isPresent();
    }
  }

  @Test
  void aStopDoesNotWaitForAStoreThatIsAway() throws Exception {
    // Given
    artifacts.outage.set("Connection refused");
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(heldOut(0, 8));
      instance.receive(records(0, 40));
      await().atMost(SOON).until(() -> instance.board.status().publicationProblem().isPresent());
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 40);

      // When
      long start = System.nanoTime();
      instance.trainer.stop(SOON);

      // Then
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(committed("examples")).isEqualTo(40);
      assertThat(broker.versions()).isEmpty();
    }
  }

  @Test
  void aRollBackDoesNotWaitForAStoreThatIsAway() throws Exception {
    // Given a version, and another on its way when the store goes away
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(heldOut(0, 8));
      instance.receive(records(0, 40));
      await().atMost(SOON).until(() -> broker.versions().size() >= 2);
      artifacts.outage.set("Connection refused");
      instance.receive(records(40, 80));
      await().atMost(SOON).until(() -> instance.board.status().publicationProblem().isPresent());

      // When
      instance.trainer.command(
          1,
          new Partition("control", 0),
          0,
          "{\"id\": \"a\", \"command\": \"roll-back\", \"version\": 1, \"data\": \"skip\"}"
              .getBytes(UTF_8));
      await().atMost(Duration.ofSeconds(20)).until(() -> service.rejoins().get() == 1);

      // Then
      assertThat(service.versions().current().orElseThrow().version()).isEqualTo(1);
    }
  }

  @Test
  void theNextOwnerRemovesWhatWasNeverAnnounced() throws Exception {
    // Given what a crash left behind: sent and not announced, and half sent
    try (TinyService.Instance first = service.instance(Map.of())) {
      first.trainer.takeOver(1);
      first.receive(heldOut(0, 8));
      first.receive(records(0, 40));
      await().atMost(SOON).until(() -> !broker.versions().isEmpty());
      first.trainer.stop(SOON);
    }
    List<ModelVersion> announced = broker.versions();
    long last = announced.get(announced.size() - 1).version();
    VersionKey unannounced = new VersionKey(last + 1, 1);
    VersionKey half = new VersionKey(last, 0);
    artifacts.versions.put(unannounced, true);
    artifacts.versions.put(half, false);

    // When
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);

      // Then
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(artifacts.versions).doesNotContainKeys(unannounced, half));
      assertThat(artifacts.versions).containsKey(announced.get(announced.size() - 1).key());
    }
  }

  private long committed(String topic) {
    return broker.commits().isEmpty()
        ? 0
        : broker.commits().get(broker.commits().size() - 1).positions().of(topic, 0).orElse(0);
  }
}
