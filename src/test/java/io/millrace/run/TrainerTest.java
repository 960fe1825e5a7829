package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.Commit;
import io.millrace.config.PipelineException;
import io.millrace.example.DeadLetter;
import io.millrace.example.InputPositions;
import io.millrace.report.TrainerState;
import io.millrace.testing.TinyBase;
import io.millrace.testing.TinyBert;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners and standbys on one store; Kafka is replaced by calls and a broker in memory. */
class TrainerTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  @TempDir private Path folder;

  private TinyService service;
  private MemoryBroker broker;
  private FolderCheckpointStore checkpoints;

  @BeforeEach
  void aBaseAndAStore() throws IOException {
    service = new TinyService(folder);
    broker = service.broker();
    checkpoints = service.checkpoints();
  }

  @Test
  void aUnitIsOnTheBrokerWithItsPositionsAndRefusedRecords() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);

      // When a chunk comes with two records that nobody can train on
      instance.receive(records(0, 6));
      instance.receive(refused(6, 8));
      await().atMost(SOON).until(() -> !broker.commits().isEmpty());

      // Then
      Commit commit = broker.commits().get(0);
      assertThat(commit.positions().of("examples", 0)).hasValue(8);
      assertThat(commit.unit()).isEqualTo("000000000001-000000000001-00000001");
      assertThat(checkpoints.newest().orElseThrow().id()).hasToString(commit.unit());
      assertThat(commit.outbox().letters())
          .extracting(DeadLetter::reason)
          .containsExactly(DeadLetter.Reason.UNKNOWN_LABEL, DeadLetter.Reason.UNKNOWN_LABEL);
    }
  }

  @Test
  void aStandbyGoesOnWhereTheOwnerEndedWithNumbersWithoutAGap() throws Exception {
    // Given an owner that has published
    try (TinyService.Instance first = service.instance(Map.of());
        TinyService.Instance second = service.instance(Map.of())) {
      first.trainer.takeOver(1);
      first.receive(heldOut(0, 8));
      first.receive(records(0, 40));
      await().atMost(SOON).until(() -> !broker.versions().isEmpty());
      assertThat(second.board.status().state()).isEqualTo(TrainerState.STANDBY);
      assertThat(second.trainer.isOwner()).isFalse();

      // When it goes away, and the standby takes over
      first.trainer.stop(SOON);
      int before = broker.versions().size();
      InputPositions start = second.trainer.takeOver(2);

      // Then
      assertThat(start.of("examples", 0)).hasValue(40);
      assertThat(start.of("heldout", 0)).hasValue(8);
      second.receive(records(40, 120));
      await().atMost(SOON).until(() -> broker.versions().size() > before);
      List<ModelVersion> committed = broker.versions();
      assertThat(committed)
          .extracting(ModelVersion::version)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, committed.size()).boxed().toList());
      assertThat(committed.get(before).term()).isEqualTo(2);
      // In the process they are announced behind the transaction
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(service.announced()).containsAll(committed));
      assertThat(service.versions().list()).isNotEmpty();
    }
  }

  @Test
  void aFencedOwnerStopsBecomesAStandbyAndAsksForItsPartitionsAgain() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(records(0, 8));
      await().atMost(SOON).until(() -> !broker.commits().isEmpty());

      // When
      broker.fence();
      instance.receive(records(8, 16));

      // Then
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      assertThat(instance.trainer.isOwner()).isFalse();
      assertThat(instance.board.failure()).isEmpty();
      await()
          .atMost(SOON)
          .until(() -> instance.board.status().state().equals(TrainerState.STANDBY));
      assertThat(broker.commits()).hasSize(1);

      // And it may own the model again, from the unit that it could not commit
      assertThat(instance.trainer.takeOver(2).of("examples", 0)).hasValue(16);
      assertThat(broker.commits()).hasSize(2);
    }
  }

  @Test
  void whatACrashKeptFromTheBrokerIsSentOnceByTheNextOwner() throws Exception {
    // Given an owner that dies between its unit and the transaction
    broker.refuse(true);
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(refused(0, 8));
      await().atMost(SOON).until(() -> checkpoints.newest().isPresent());
    }
    broker.refuse(false);

    // When
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);

      // Then
      assertThat(broker.letters()).hasSize(8);
      assertThat(broker.commits().get(0).positions().of("examples", 0)).hasValue(8);
    }
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      assertThat(broker.letters()).hasSize(8);
    }
  }

  @Test
  void withoutRoomOnTheDiskTrainingWaitsAndThenGoesOnWithNothingLost() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(refused(0, 8));
      await().atMost(SOON).until(() -> broker.commits().size() == 1);
      CheckpointId good = checkpoints.newest().orElseThrow().id();

      // When the disk is full while three chunks come
      service.diskFull().set(true);
      instance.receive(refused(8, 16));
      await()
          .atMost(SOON)
          .until(() -> instance.board.status().state().equals(TrainerState.WAITING_FOR_DISK));
      instance.receive(records(16, 24));

      // Then nothing more is trained, and the last good unit is untouched
      assertThat(instance.board.status().examplesTrained()).isZero();
      assertThat(checkpoints.newest().orElseThrow().id()).isEqualTo(good);
      assertThat(instance.board.failure()).isEmpty();

      // And when there is room again, it goes on
      service.diskFull().set(false);
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 8);
      await().atMost(SOON).until(() -> broker.letters().size() == 16);
      instance.trainer.stop(SOON);
      assertThat(checkpoints.newest().orElseThrow().id()).isGreaterThan(good);
      assertThat(broker.letters())
          .extracting(letter -> letter.record().position().offset())
          .containsExactlyElementsOf(LongStream.range(0, 16).boxed().toList());
    }
  }

  @Test
  void withTheLastUnitDamagedLettersAndVersionsAreNotSentTwice() throws Exception {
    // Given two units, the second damaged
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(refused(0, 8));
      await().atMost(SOON).until(() -> broker.commits().size() == 1);
      instance.receive(refused(8, 16));
      await().atMost(SOON).until(() -> broker.commits().size() == 2);
      instance.trainer.stop(SOON);
    }
    CheckpointId damaged = checkpoints.newest().orElseThrow().id();
    Files.delete(folder.resolve("checkpoints/" + damaged + "/weights.safetensors"));

    // When
    try (TinyService.Instance instance = service.instance(Map.of())) {
      assertThat(instance.trainer.takeOver(1).of("examples", 0)).hasValue(8);
      instance.receive(refused(8, 24));
      await().atMost(SOON).until(() -> broker.letters().size() >= 24);

      // Then
      assertThat(broker.letters())
          .extracting(letter -> letter.record().position().offset())
          .containsExactlyElementsOf(LongStream.range(0, 24).boxed().toList());
    }
  }

  @Test
  void recordsOfAnEarlierMembershipAreIgnored() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(7);

      // When
      instance.trainer.receive(6, records(100, 108));

      // Then
      assertThat(instance.trainer.positions().of("examples", 0)).isEqualTo(OptionalLong.empty());
      instance.trainer.receive(7, records(0, 8));
      assertThat(instance.trainer.positions().of("examples", 0)).hasValue(8);
    }
  }

  @Test
  void brokenWeightsAreRestoredOnceAndThenStopTrainingWithAReason() throws Exception {
    // Given a weight of the only word in the texts whose square no float holds
    service
            .base()
            .get("bert.embeddings.word_embeddings.weight")
            .data()[TinyBase.GOOD * TinyBert.HIDDEN] =
        3e38f;
    String reason = "the model's weights are not finite, their norm is Infinity";
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);

      // When
      instance.receive(records(0, 8));

      // Then it asks to begin again, and liveness has its reason
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      assertThat(instance.board.failure()).hasValue(reason);
      assertThat(instance.board.hasFailed()).isFalse();
      assertThat(instance.trainer.takeOver(2).next()).isEmpty();

      // And the second time it stops for good
      instance.trainer.receive(2, records(0, 8));
      await().atMost(SOON).until(instance.board::hasFailed);
      assertThat(instance.board.failure().orElseThrow())
          .isEqualTo(reason + "; the base was restored once and led here again");
      assertThat(instance.board.status().state()).isEqualTo(TrainerState.FAILED);
      assertThat(service.rejoins()).hasValue(1);

      // And no record is blamed
      instance.trainer.stop(SOON);
      assertThat(broker.commits()).isEmpty();
      assertThat(checkpoints.newest()).isEmpty();
    }
  }

  @Test
  void otherLabelsThanTheUnitsFailTheTakeOverWithBoth() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of())) {
      instance.trainer.takeOver(1);
      instance.receive(records(0, 8));
      await().atMost(SOON).until(() -> !broker.commits().isEmpty());
      instance.trainer.stop(SOON);
    }
    CheckpointStore.Saved last = checkpoints.newest().orElseThrow();

    // When
    try (TinyService.Instance instance =
        service.instance(Map.of("labels.names", "low,high,other"))) {
      assertThatThrownBy(() -> instance.trainer.takeOver(1))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("3 labels (low, high, other)")
          .hasMessageContaining("checkpoint " + last.id() + " was trained on 2 labels (low, high)");
      assertThat(instance.trainer.isOwner()).isFalse();
    }
  }

  @Test
  void aUnitOfTheOtherPoolingFailsTheTakeOver() throws Exception {
    // Given
    try (TinyService.Instance instance = service.instance(Map.of("model.pooling", "mean"))) {
      instance.trainer.takeOver(1);
      instance.receive(records(0, 8));
      await().atMost(SOON).until(() -> !broker.commits().isEmpty());
      instance.trainer.stop(SOON);
    }
    CheckpointId mean = checkpoints.newest().orElseThrow().id();

    // Then
    try (TinyService.Instance instance = service.instance(Map.of())) {
      assertThatThrownBy(() -> instance.trainer.takeOver(1))
          .isInstanceOf(PipelineException.class)
          .hasMessage(
              "millrace.model.pooling is cls, but checkpoint "
                  + mean
                  + " was trained with mean; give mean, another millrace.model.name, or another"
                  + " millrace.store");
    }
    try (TinyService.Instance instance = service.instance(Map.of("model.pooling", "mean"))) {
      assertThat(instance.trainer.takeOver(1).of("examples", 0)).hasValue(8);
    }
  }

  @Test
  void aScheduleThatLacksItsEndFailsTheStart() {
    assertThatThrownBy(() -> service.instance(Map.of("training.lr-scheduler-type", "cosine")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("millrace.training.lr-scheduler-type is cosine, which needs")
        .hasMessageContaining("millrace.training.max-steps");
  }

  @Test
  void anUnknownPoolingFailsTheStartWithTheAllowedOnes() {
    assertThatThrownBy(() -> service.instance(Map.of("model.pooling", "max")))
        .hasMessageContaining("millrace.model.pooling")
        .hasMessageContaining("max")
        .hasMessageContaining("cls")
        .hasMessageContaining("mean");
  }
}
