package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.config.PipelineConfig;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.learner.Progress;
import io.millrace.owner.Identification;
import io.millrace.owner.TakeOverRefusedException;
import io.millrace.report.StatusBoard;
import io.millrace.testing.CapturedLog;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is gone on from where it belongs, or an operator says where. */
class TakeOverTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int TRAINED = 16;

  @TempDir private static Path trained;

  @TempDir private Path folder;
  private TinyService service;

  @BeforeAll
  static void anOwnerThatHasTrained() throws Exception {
    TinyService first = new TinyService(trained);
    first.broker().source(ListedSource.first());
    try (TinyService.Instance owner = first.instance(Map.of())) {
      owner.trainer.takeOver(1);
      owner.receive(heldOut(0, 4));
      owner.receive(records(0, TRAINED));
      trained(owner, TRAINED);
      owner.trainer.stop(SOON);
    }
  }

  @BeforeEach
  void itsStore() throws Exception {
    try (Stream<Path> files = Files.walk(trained)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(trained.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    service = new TinyService(folder);
    service.broker().source(ListedSource.first());
  }

  @Test
  void theUnitSaysWhatItBelongsTo() throws Exception {
    var identity = standing().identity();

    assertThat(identity.cluster()).contains(ListedSource.CLUSTER);
    assertThat(identity.topics())
        .hasEntrySatisfying("examples", id -> assertThat(id.id()).contains("examples-id-1"))
        .containsKeys("heldout");
    assertThat(identity.base().orElseThrow().weights()).matches("[0-9a-f]{64}");
    assertThat(identity.seed()).isPresent();
    assertThat(identity.settings()).containsEntry("training.learning-rate", "0.01");
    assertThat(progress().lastRead().get(new Partition("examples", 0)).offset())
        .isEqualTo(TRAINED - 1);
  }

  @Test
  void aTopicMadeAnewLongerThanThePositionIsRefusedAndTheStoreIsAsItWas() throws Exception {
    // Given a topic of the same name with more records than were read of the first
    service.broker().source(ListedSource.first().topic("examples", "examples-id-2", 0, 100));
    Map<String, Long> before = files();

    // When
    TakeOverRefusedException refused = refused(Map.of());

    // Then
    assertThat(refused.causes())
        .isEqualTo(
            "topic examples was made anew: the checkpoint read topic id examples-id-1, now id"
                + " examples-id-2");
    assertThat(refused.remedies())
        .contains("--accept-new-topic=examples=examples-id-2@beginning, or @end");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void anAcceptedTopicIsReadFromItsBeginningOnceAndWhatWasLearnedStays() throws Exception {
    // Given
    ListedSource anew = ListedSource.first().topic("examples", "examples-id-2", 0, 100);
    service.broker().source(anew);
    Map<String, String> accept = Map.of("accept.new-topic", "examples=examples-id-2@beginning");
    float[] weights = weights();

    // When
    try (TinyService.Instance owner = service.instance(accept)) {
      InputPositions positions = owner.trainer.takeOver(1);

      // Then it begins with the first record, and with the weights
      assertThat(positions.of("examples", 0)).hasValue(0);
      assertThat(positions.of("heldout", 0)).hasValue(4);
      assertThat(weights()).containsExactly(weights);
      assertThat(standing().identity().changes())
          .singleElement()
          .satisfies(
              change -> {
                assertThat(change.before()).contains("examples-id-1");
                assertThat(change.left())
                    .containsEntry(new Partition("examples", 0), (long) TRAINED);
                assertThat(change.begun()).containsEntry(new Partition("examples", 0), 0L);
              });
      owner.receive(records(0, 16));
      trained(owner, TRAINED + 16);
      owner.trainer.stop(SOON);
    }

    // And over a restart the option accepts nothing more
    try (TinyService.Instance owner = service.instance(accept)) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(16);
    }
    service.broker().source(anew.topic("examples", "examples-id-3", 0, 100));
    assertThat(refused(accept).causes()).contains("examples-id-2, now id examples-id-3");
  }

  @Test
  void anAcceptedTopicIsReadFromItsEndOrATime() throws Exception {
    service.broker().source(ListedSource.first().topic("examples", "examples-id-2", 0, 100));
    try (TinyService.Instance owner =
        service.instance(Map.of("accept.new-topic", "examples=examples-id-2@end"))) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(100);
    }

    service.broker().source(ListedSource.first().topic("examples", "examples-id-3", 0, 200));
    try (TinyService.Instance owner =
        service.instance(
            Map.of(
                "accept.new-topic", "examples=examples-id-3",
                "accept.resume-at-time", "2026-01-31T08:00:00Z"))) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(100);
    }
  }

  @Test
  void whatWasTrainedBehindTheUnitOfATopicThatIsGoneIsNotRepeatedFromTheNewOne() throws Exception {
    // Given an owner that died behind its last unit
    try (TinyService.Instance owner = service.instance(Map.of("checkpoint.every", "1h"))) {
      owner.trainer.takeOver(1);
      owner.receive(records(TRAINED, TRAINED + 8));
      trained(owner, TRAINED + 8);
      owner.trainer.giveUp("a crash");
    }
    service.broker().source(ListedSource.first().topic("examples", "examples-id-2", 0, 100));

    // When
    try (TinyService.Instance owner =
        service.instance(Map.of("accept.new-topic", "examples=examples-id-2@beginning"))) {
      owner.trainer.takeOver(1);
      owner.receive(records(0, 8));

      // Then
      trained(owner, TRAINED + 8);
      owner.trainer.stop(SOON);
    }
    assertThat(progress().next()).containsEntry(new Partition("examples", 0), 8L);
  }

  @Test
  void aSecondClusterOnTheStoreIsKeptOut() throws Exception {
    // Given
    service.broker().source(ListedSource.first().cluster("cluster-2"));
    Map<String, Long> before = files();

    // Then
    assertThat(refused(Map.of()).getMessage())
        .contains(
            "the store belongs to Kafka cluster cluster-1, the broker is of cluster cluster-2")
        .contains("--accept-new-cluster=cluster-2 --resume-at-time=TIME");
    assertThat(files()).isEqualTo(before);

    // And a store without a unit belongs to the first that came, too
    TinyService empty = new TinyService(Files.createDirectories(folder.resolve("empty")));
    empty.broker().source(ListedSource.first());
    try (TinyService.Instance owner = empty.instance(Map.of())) {
      owner.trainer.takeOver(1);
    }
    empty.broker().source(ListedSource.first().cluster("cluster-2"));
    try (TinyService.Instance owner = empty.instance(Map.of())) {
      assertThatThrownBy(() -> owner.trainer.takeOver(1))
          .isInstanceOf(TakeOverRefusedException.class)
          .hasMessageContaining("cluster-1");
    }
  }

  @Test
  void afterAFailOverToAMirrorItGoesOnAtATimeWithWhatWasLearned() throws Exception {
    // Given a mirror with other offsets
    ListedSource mirror =
        ListedSource.first()
            .cluster("cluster-2")
            .topic("examples", "mirrored", 10, 50)
            .topic("heldout", "mirrored-too", 0, 2);
    service.broker().source(mirror);
    Map<String, String> accept =
        Map.of("accept.new-cluster", "cluster-2", "accept.resume-at-time", "2026-01-31T08:00:00Z");

    // When
    try (TinyService.Instance owner = service.instance(accept)) {
      InputPositions positions = owner.trainer.takeOver(1);

      // Then
      assertThat(positions.of("examples", 0)).hasValue(30);
      assertThat(positions.of("heldout", 0)).hasValue(1);
      assertThat(progress().examplesTrained()).isEqualTo(TRAINED);
    }

    // And it is the mirror's from now on, with no option, and no longer the first cluster's
    try (TinyService.Instance owner = service.instance(Map.of())) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(30);
    }
    service.broker().source(ListedSource.first());
    assertThat(refused(Map.of()).causes()).contains("belongs to Kafka cluster cluster-2");
  }

  @Test
  void aPositionOutsideTheLogIsRefusedAndGivenUpByName() throws Exception {
    // Given records that retention took before they were read
    service.broker().source(ListedSource.first().log("examples", 80, 100));
    assertThat(refused(Map.of()).getMessage())
        .contains(
            "partition examples-0: the stored position 16 is outside the log, which holds 80 to 100: records that were never read have been deleted (retention)")
        .contains("--accept-out-of-range=examples-0=16@beginning");
    try (TinyService.Instance owner =
        service.instance(Map.of("accept.out-of-range", "examples-0=16@beginning"))) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(80);
    }

    // And a log that lost its end
    service.broker().source(ListedSource.first().log("examples", 0, 70));
    assertThat(refused(Map.of("accept.out-of-range", "examples-0=16@beginning")).getMessage())
        .contains("the stored position 80 is outside the log, which holds 0 to 70")
        .contains("unclean leader election");
    try (TinyService.Instance owner =
        service.instance(Map.of("accept.out-of-range", "examples-0=80@end"))) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(70);
    }
  }

  @Test
  void anotherBaseOrTokenizerOfEqualShapesIsRefused() throws Exception {
    // Given
    Path tokenizer = folder.resolve("tokenizer.json");
    TinyService.Instance same = service.instance(Map.of());
    same.close();
    HostTensor words = service.base().get("bert.embeddings.word_embeddings.weight");
    float[] changed = words.data().clone();
    changed[7] += 1;
    service
        .base()
        .put("bert.embeddings.word_embeddings.weight", new HostTensor(words.shape(), changed));

    // Then
    assertThat(refused(Map.of()).getMessage())
        .contains("the base's weights is another: the checkpoint began with sha256")
        .contains("another millrace.model.name")
        .doesNotContain("--accept-new-base=weights");

    // And with another tokenizer, which may say the same in other bytes
    service.base().put("bert.embeddings.word_embeddings.weight", words);
    service.config(Map.of());
    PipelineConfig config = service.config(Map.of());
    Files.writeString(tokenizer, Files.readString(tokenizer) + " ");
    TakeOverRefusedException refused;
    try (Trainer trainer = StoreOfARelease.trainer(config, service.broker(), board(), service)) {
      refused = catchThrowableOfType(TakeOverRefusedException.class, () -> trainer.takeOver(1));
    }
    String option = refused.remedies().replaceAll(".*--accept-new-base=(\\S+).*", "$1");
    assertThat(option).matches("tokenizer=[0-9a-f]{64}");
    PipelineConfig accepting = service.config(Map.of("accept.new-base", option));
    Files.writeString(tokenizer, Files.readString(tokenizer) + " ");
    try (Trainer trainer = StoreOfARelease.trainer(accepting, service.broker(), board(), service)) {
      assertThat(trainer.takeOver(1).of("examples", 0)).hasValue(TRAINED);
    }
  }

  @Test
  void anotherSeedIsRefusedOrAccepted() throws Exception {
    Map<String, String> other = new HashMap<>(Map.of("training.seed", "7"));
    assertThat(refused(other).getMessage())
        .contains("millrace.training.seed is 7, the checkpoint was trained with ")
        .contains("--accept-new-seed=7");

    other.put("accept.new-seed", "7");
    try (TinyService.Instance owner = service.instance(other)) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(TRAINED);
    }
  }

  @Test
  void aBrokerThatGivesNoIdsIsToldApartByTheTimeOfTheLastRecord() throws Exception {
    // Given another record where the last one that was read stood
    long read = progress().lastRead().get(new Partition("examples", 0)).timeMillis();
    String last = "examples-0@" + (TRAINED - 1);
    service.broker().source(ListedSource.first().withoutIds().time(last, read + 1_000));

    // Then
    String refusal = refused(Map.of()).getMessage();
    assertThat(refusal)
        .contains("topic examples was made anew")
        .contains("--accept-new-topic=examples=of-" + (read + 1_000) + "@beginning");

    // And the same record is enough to go on
    service.broker().source(ListedSource.first().withoutIds().time(last, read));
    try (TinyService.Instance owner = service.instance(Map.of())) {
      assertThat(owner.trainer.takeOver(1).of("examples", 0)).hasValue(TRAINED);
    }

    // And where nothing can be compared, a warning says so
    service.broker().source(ListedSource.first().withoutIds());
    try (CapturedLog log = CapturedLog.of(Identification.class);
        TinyService.Instance owner = service.instance(Map.of())) {
      owner.trainer.takeOver(1);
      assertThat(log.lines())
          .anyMatch(line -> line.contains("whether topic examples is still the same"));
    }
  }

  @Test
  void settingsThatTheCheckpointCannotFollowAreNamedWithBothValues() throws Exception {
    assertThatThrownBy(() -> takeOver(Map.of("training.optim", "sgd")))
        .hasMessageContaining("millrace.training.optim is sgd, but checkpoint")
        .hasMessageContaining("was trained with adamw");

    // And layers that were frozen have nothing that an optimizer could go on from
    TinyService frozen = new TinyService(Files.createDirectories(folder.resolve("frozen")));
    try (TinyService.Instance owner = frozen.instance(Map.of("training.freeze-layers", "1"))) {
      owner.trainer.takeOver(1);
      owner.receive(records(0, 8));
      await().atMost(SOON).until(() -> !frozen.broker().commits().isEmpty());
      owner.trainer.stop(SOON);
    }
    try (TinyService.Instance owner = frozen.instance(Map.of())) {
      assertThatThrownBy(() -> owner.trainer.takeOver(1))
          .hasMessageContaining("millrace.training.freeze-layers is 0, but checkpoint")
          .hasMessageContaining("was trained with 1");
    }
  }

  private void takeOver(Map<String, String> settings) throws Exception {
    try (TinyService.Instance owner = service.instance(settings)) {
      owner.trainer.takeOver(1);
    }
  }

  private TakeOverRefusedException refused(Map<String, String> settings) throws Exception {
    try (TinyService.Instance owner = service.instance(settings)) {
      return catchThrowableOfType(TakeOverRefusedException.class, () -> owner.trainer.takeOver(1));
    }
  }

  private static StatusBoard board() {
    return new StatusBoard("test", "tiny", "cpu");
  }

  private Checkpoint unit() throws IOException {
    return service.checkpoints().newest().map(CheckpointStore.Saved::checkpoint).orElseThrow();
  }

  private OwnerState standing() throws IOException {
    return CommitParts.standing(unit());
  }

  private Progress progress() throws IOException {
    return CheckpointParts.progress(unit());
  }

  private float[] weights() throws IOException {
    return unit().tensors().get("weights").get("classifier.weight").data();
  }

  /** Every file below the folder but the base's, with its size. */
  private Map<String, Long> files() throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.getParent().equals(folder) || file.endsWith("identity.json")) {
          sizes.put(folder.relativize(file).toString(), Files.size(file));
        }
      }
    }
    return sizes;
  }

  private static void trained(TinyService.Instance instance, long examples) {
    await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == examples);
  }
}
