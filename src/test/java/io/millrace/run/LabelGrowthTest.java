package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.labelled;
import static io.millrace.run.TinyService.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.config.PipelineException;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.learner.Learner;
import io.millrace.rebuild.Comparison;
import io.millrace.rebuild.Rebuild;
import io.millrace.score.ClassScore;
import io.millrace.testing.Examples;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of two labels in which a third begins. */
class LabelGrowthTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Map<String, String> GROW = Map.of("labels.unknown", "grow");

  @TempDir private Path folder;

  private TinyService service;
  private final List<InboundRecord> log = new ArrayList<>();
  private final List<MetricRecord.ChunkClosed> chunks = new CopyOnWriteArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    service = new TinyService(folder);
    log.addAll(heldOut(0, 8));
    log.addAll(records(0, 24));
    for (int i = 0; i < 4; i++) {
      log.add(labelled("heldout", 8 + i, "good bad", "both"));
    }
    for (int offset = 24; offset < 124; offset++) {
      log.add(
          offset % 3 == 0
              ? labelled("examples", offset, "good bad", "both")
              : records(offset, offset + 1).get(0));
    }
  }

  @Test
  void aNewLabelBecomesARowOfTheModelAndIsAnnouncedAsAddedToItsLabels() throws Exception {
    // When
    run(GROW, 1, log.subList(0, 32), 24);
    run(GROW, 2, log, 124);

    // Then the versions before it have two labels, those behind it three
    List<ModelVersion> versions = service.broker().versions();
    assertThat(versions.get(0).labels()).containsExactly("low", "high");
    assertThat(versions.get(0).addedLabels()).isEmpty();
    assertThat(versions.stream().filter(version -> !version.addedLabels().isEmpty()))
        .singleElement()
        .satisfies(
            version -> {
              assertThat(version.labels()).containsExactly("low", "high", "both");
              assertThat(version.addedLabels()).containsExactly("both");
            });

    // And it is learned, beside the others
    ModelVersion last = versions.get(versions.size() - 1);
    assertThat(last.labels()).containsExactly("low", "high", "both");
    assertThat(last.evaluation().classes()).extracting(ClassScore::recall).containsOnly(1.0);
    assertThat(last.provenance().labelCounts()).containsKey("both");
    assertThat(service.broker().letters()).isEmpty();

    // And chunks count its examples from the first on
    assertThat(chunks.stream().mapToInt(MetricRecord.ChunkClosed::examples).sum()).isEqualTo(124);
    assertThat(chunks.stream().mapToInt(MetricRecord.ChunkClosed::heldOut).sum()).isEqualTo(12);
  }

  @Test
  void aRunThatGrewBehindACrashIsRebuiltBitForBitFromTheBase() throws Exception {
    // Given an owner that dies in the middle, and another that repeats what it did
    try (TinyService.Instance first = service.instance(GROW)) {
      first.trainer.takeOver(1);
      first.receive(log.subList(0, 80));
      await().atMost(SOON).until(() -> first.board.status().examplesTrained() >= 40);
      first.trainer.giveUp("a crash");
    }
    run(GROW, 2, log, 124);
    List<ModelVersion> versions = service.versions().list();

    // When
    Comparison comparison;
    try (Rebuild rebuild =
        new Rebuild(service.config(GROW), service.stores(), new ListedLog(log))) {
      comparison =
          rebuild.version(
              versions.get(versions.size() - 1).version(), Rebuild.Start.BASE, (done, all) -> {});
    }

    // Then
    assertThat(comparison.isEqual()).as("%s", comparison).isTrue();
  }

  @Test
  void labelsBeyondTheMostAllowedAreDeadLettered() throws Exception {
    run(Map.of("labels.unknown", "grow", "labels.max", "2"), 1, log, 124);

    assertThat(service.broker().letters()).hasSize(38);
    assertThat(service.broker().letters())
        .extracting(DeadLetter::detail)
        .containsOnly("\"label\" is new, and there are as many as millrace.labels.max allows: 2");
  }

  @Test
  void whereLabelsAreAContractReadingStopsInFrontOfAnother() throws Exception {
    try (TinyService.Instance instance = service.instance(Map.of("labels.unknown", "refuse"))) {
      instance.trainer.takeOver(1);

      assertThatThrownBy(() -> instance.receive(log))
          .isInstanceOf(PipelineException.class)
          .hasMessageStartingWith(
              "the label of record heldout-0@8 is none of 2 labels (low, high), and"
                  + " millrace.labels.unknown is refuse");
    }
  }

  @Test
  void skippingBackInFrontOfALabelDropsTheHeldOutExamplesThatHaveIt() {
    // Given
    Checkpoint then;
    Learner now = new LearnerBuilder().build();
    Passes.train(now, Chunks.chunk(0), step -> {});
    then = CommitParts.of(now.snapshot(), Outbox.EMPTY, 1, OwnerState.START);
    Passes.train(now, withNewLabel(), step -> {});
    assertThat(now.labels().names()).containsExactly("low", "high", "new");
    assertThat(now.heldOut().examples())
        .extracting((HeldOutExample one) -> one.target().group())
        .containsExactly(1, 2);

    // When
    Checkpoint back =
        CommitParts.rolledBack(
            then, now.streamState(), DataSince.SKIP, Outbox.EMPTY, 1, OwnerState.START);
    Learner again = new LearnerBuilder().from(back).build();

    // Then
    assertThat(again.labels().names()).containsExactly("low", "high");
    assertThat(again.heldOut().examples())
        .extracting((HeldOutExample one) -> one.target().group())
        .containsExactly(1);
    assertThat(again.heldOut().golden())
        .extracting((HeldOutExample one) -> one.target().group())
        .containsExactly(1);
    now.close();
    again.close();
  }

  private static Chunk withNewLabel() {
    InboundRecord record = Examples.record("heldout", 1, "{}");
    return new Chunk(
        List.of(
            new IntakeItem.ToScore(Examples.record("heldout", 0, "{}"), Examples.heldOut(0, 4, 1)),
            new IntakeItem.ToLabel(
                record,
                record.position(),
                "id",
                "new",
                label -> new IntakeItem.ToScore(record, Examples.heldOut(1, 4, label)))),
        new InputPositions(Map.of(new Partition("heldout", 0), 2L)),
        Chunk.CloseReason.FULL);
  }

  private void run(
      Map<String, String> settings, int generation, List<InboundRecord> records, long end)
      throws Exception {
    try (TinyService.Instance instance = service.instance(settings)) {
      instance.onRecord =
          record -> {
            if (record instanceof MetricRecord.ChunkClosed chunk) {
              chunks.add(chunk);
            }
          };
      instance.trainer.takeOver(generation);
      instance.receive(records);
      await()
          .atMost(SOON)
          .until(
              () ->
                  instance.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == end);
      instance.trainer.stop(SOON);
    }
  }
}
