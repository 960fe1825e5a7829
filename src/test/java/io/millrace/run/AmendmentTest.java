package io.millrace.run;

import static io.millrace.run.TinyService.named;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.retraction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CheckpointParts;
import io.millrace.example.InboundRecord;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Progress;
import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records about records in front of them. */
class AmendmentTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Map<String, String> SETTINGS =
      Map.of("checkpoint.every", "1h", "replay.size", "20", "replay.ratio", "0.5");

  @TempDir private Path folder;

  private TinyService service;

  @BeforeEach
  void open() throws IOException {
    service = new TinyService(folder);
  }

  @Test
  void whatWaitsIsPassedOverForItsCorrectionOrRetraction() throws Exception {
    // When a chunk of eight has an example that is corrected, one that is taken back, and others of
    // which one has the same id in the held-out topic
    Checkpoint unit =
        trainedOn(
            named("examples", 0, "a", "high"),
            named("examples", 1, "b", "high"),
            named("examples", 2, "c", "high"),
            named("heldout", 0, "a", "high"),
            named("examples", 3, "a", "low"),
            retraction("examples", 4, "b"),
            named("examples", 5, "d", "high"),
            named("examples", 6, "e", "low"));

    // Then each has one outcome
    Progress progress = CheckpointParts.progress(unit);
    assertThat(progress.labelCounts()).containsOnly(Map.entry("high", 2L), Map.entry("low", 2L));
    assertThat(progress.amended())
        .containsOnly(
            Map.entry("SUPERSEDED", 1L), Map.entry("RETRACTED", 1L), Map.entry("RETRACTION", 1L));
    assertThat(kept(unit)).containsExactly("c@2", "a@3", "d@5", "e@6");
    assertThat(heldOut(unit)).containsExactly("a@0");
    JournalEntry.Chunk entry = (JournalEntry.Chunk) journal().get(0);
    assertThat(entry.skipped())
        .extracting(skip -> skip.kind() + " " + skip.position().offset())
        .containsExactly("SUPERSEDED 0", "RETRACTED 1");
    assertThat(entry.records()).isEqualTo(8);
  }

  @Test
  void whatWasTrainedLeavesReplayAndHeldOutWindowBeforeTheNextStep() throws Exception {
    // Given
    List<InboundRecord> first = new ArrayList<>(records(0, 4));
    first.add(named("examples", 4, "a", "high"));
    first.add(named("examples", 5, "b", "high"));
    first.add(named("heldout", 0, "a", "high"));
    first.add(named("heldout", 1, "h", "high"));
    try (TinyService.Instance instance = service.instance(SETTINGS)) {
      instance.trainer.takeOver(1);
      instance.receive(first);
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 6);

      // When
      List<InboundRecord> second = new ArrayList<>(records(6, 12));
      second.add(retraction("examples", 12, "a"));
      second.add(named("heldout", 2, "h", "low"));
      instance.receive(second);
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 12);
      instance.trainer.stop(SOON);
    }

    // Then the counts of what was trained stand, and the rest is gone from here on
    Checkpoint unit = service.checkpoints().newest().orElseThrow().checkpoint();
    assertThat(kept(unit)).contains("b@5").doesNotContain("a@4").hasSize(11);
    assertThat(heldOut(unit)).containsExactly("a@0", "h@2");
    JournalEntry.Chunk entry = (JournalEntry.Chunk) journal().get(1);
    assertThat(entry.skipped()).isEmpty();
    assertThat(entry.forgotten())
        .extracting(Object::toString)
        .containsExactly("examples-0@4", "heldout-0@1");
    assertThat(CheckpointParts.progress(unit).amended()).containsOnly(Map.entry("RETRACTION", 1L));
  }

  @Test
  void aDecayBranchDoesNotTakeARetractedExampleAgain() throws Exception {
    // Given steps that the next branch will take again
    Map<String, String> decaying =
        Map.of(
            "checkpoint.every", "1h",
            "training.lr-scheduler-type", "warmup-stable-decay",
            "training.decay-steps", "4");
    try (TinyService.Instance instance = service.instance(decaying)) {
      instance.trainer.takeOver(1);
      List<InboundRecord> first = new ArrayList<>(records(0, 7));
      first.add(named("examples", 7, "a", "low"));
      instance.receive(first);
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 8);

      // When
      List<InboundRecord> second = new ArrayList<>(records(8, 15));
      second.add(retraction("examples", 15, "a"));
      instance.receive(second);
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 15);
      instance.trainer.stop(SOON);
    }

    // Then
    Checkpoint unit = service.checkpoints().newest().orElseThrow().checkpoint();
    assertThat(CheckpointParts.tunerState(unit).history().lastSteps())
        .flatExtracting(step -> step.batches())
        .flatExtracting(batch -> batch)
        .extracting(example -> example.position().offset())
        .hasSize(14)
        .doesNotContain(7L);
  }

  @Test
  void anExampleThatComesAfterItsRetractionIsTrained() throws Exception {
    Checkpoint unit =
        trainedOn(
            retraction("examples", 0, "a"),
            named("examples", 1, "a", "high"),
            named("examples", 2, "b", "high"),
            named("examples", 3, "c", "high"),
            named("examples", 4, "d", "low"),
            named("examples", 5, "e", "low"),
            named("examples", 6, "f", "low"),
            named("examples", 7, "g", "low"));

    assertThat(CheckpointParts.progress(unit).examplesTrained()).isEqualTo(7);
    assertThat(CheckpointParts.progress(unit).amended()).containsOnly(Map.entry("RETRACTION", 1L));
  }

  private Checkpoint trainedOn(InboundRecord... chunk) throws Exception {
    try (TinyService.Instance instance = service.instance(SETTINGS)) {
      instance.trainer.takeOver(1);
      instance.receive(List.of(chunk));
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() > 0);
      instance.trainer.stop(SOON);
    }
    return service.checkpoints().newest().orElseThrow().checkpoint();
  }

  private List<JournalEntry> journal() throws IOException {
    return service.journal().behind(Optional.empty(), JournalPosition.START).stream().toList();
  }

  private static List<String> kept(Checkpoint unit) {
    return CheckpointParts.replay(unit).kept().stream()
        .map(one -> one.example())
        .map(example -> example.id() + "@" + example.position().offset())
        .toList();
  }

  private static List<String> heldOut(Checkpoint unit) throws IOException {
    List<String> examples = new ArrayList<>();
    Json.MAPPER
        .readTree(unit.documents().get("held-out"))
        .forEach(
            example ->
                examples.add(
                    example.get("id").asText()
                        + "@"
                        + example.get("position").get("offset").asLong()));
    return examples;
  }
}
