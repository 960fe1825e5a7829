package io.millrace.rebuild;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.named;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static io.millrace.run.TinyService.retraction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.CheckpointParts;
import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.journal.JournalPosition;
import io.millrace.lineage.JournalPruning;
import io.millrace.lineage.RecordOutcomes;
import io.millrace.run.ListedLog;
import io.millrace.run.TinyService;
import io.millrace.storage.DurableFolder;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A version from a run with a crash, replay in idle time, chunks that time closed, corrections and
 * a retraction.
 */
class RebuildTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Map<String, String> SETTINGS =
      Map.of(
          "batch.chunk-max-wait", "0.1s",
          "replay.size", "20",
          "replay.ratio", "0.2",
          "replay.passes", "2",
          "publication.temperature-scaling", "true",
          "training.ema-decay", "0.5");

  @TempDir private Path folder;

  private TinyService service;
  private final List<InboundRecord> log = new ArrayList<>();
  private ModelVersion version;

  @BeforeEach
  void train() throws Exception {
    service = new TinyService(folder);
    log.addAll(heldOut(0, 8));
    log.addAll(records(0, 21));
    log.addAll(refused(21, 23));
    log.addAll(records(23, 40));
    log.add(named("examples", 40, "a", "high"));
    log.add(named("examples", 41, "b", "low"));
    log.addAll(records(42, 50));
    log.add(named("examples", 50, "a", "low"));
    log.add(retraction("examples", 51, "b"));
    log.add(named("examples", 52, "c", "low"));
    log.add(named("examples", 53, "c", "high"));
    log.addAll(records(54, 60));
    try (TinyService.Instance first = service.instance(SETTINGS)) {
      first.trainer.takeOver(1);
      first.receive(log.subList(0, 18));
      await().atMost(SOON).until(() -> lastUnitChunks() >= 2); // one to begin at
      first.receive(log.subList(18, 34));
      await().atMost(SOON).until(() -> first.board.status().examplesTrained() == 24);
      first.trainer.giveUp("a crash");
    }
    try (TinyService.Instance second = service.instance(SETTINGS)) {
      second.trainer.takeOver(2);
      second.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 60);
      second.trainer.stop(SOON);
    }
    List<ModelVersion> versions = service.versions().list();
    version = versions.get(versions.size() - 1);
    assertThat(version.term()).isEqualTo(2);
    assertThat(version.provenance().temperature()).isNotEqualTo(1);
  }

  private long lastUnitChunks() throws IOException {
    return service
        .checkpoints()
        .newest()
        .map(unit -> CheckpointParts.progress(unit.checkpoint()).chunks())
        .orElse(0L);
  }

  @Test
  void theSameRecordsGiveTheSameWeights() throws Exception {
    // When
    List<Long> progress = new ArrayList<>();
    Comparison comparison;
    try (Rebuild rebuild = rebuild(SETTINGS)) {
      comparison =
          rebuild.version(
              version.version(), Rebuild.Start.BASE, (done, all) -> progress.add(all - done));
    }

    // Then
    assertThat(comparison.isEqual()).as("%s", comparison).isTrue();
    assertThat(comparison.environment()).isEmpty();
    assertThat(comparison)
        .hasToString(
            "version %d is exactly these examples: all %d tensors are equal bit for bit"
                .formatted(version.version(), comparison.tensors()));
    assertThat(progress).endsWith(1L, 0L);
  }

  @Test
  void anotherRecordInTheLogGivesOtherWeightsAndTheirDistance() throws Exception {
    // Given the text and label of its neighbour in the place of one
    int fourth = log.indexOf(at("examples", 3));
    InboundRecord neighbour = at("examples", 4);
    log.set(
        fourth,
        new InboundRecord(log.get(fourth).position(), null, neighbour.value(), List.of(), 0));

    // When
    try (Rebuild rebuild = rebuild(SETTINGS)) {
      Comparison comparison =
          rebuild.version(version.version(), Rebuild.Start.BASE, (done, all) -> {});

      // Then
      assertThat(comparison.isEqual()).isFalse();
      assertThat(comparison.largest()).isPositive();
      assertThat(comparison.toString()).contains("is not reproduced", comparison.where());
    }
  }

  @Test
  void whereTheLogIsGoneItIsRefusedWithPartitionAndOffsets() throws Exception {
    log.removeIf(record -> record.position().offset() < 3);

    try (Rebuild rebuild = rebuild(SETTINGS)) {
      assertThatThrownBy(
              () -> rebuild.version(version.version(), Rebuild.Start.BASE, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("heldout-0 no longer holds all records from offset 0 to 8: 5 of 8");
    }
  }

  @Test
  void aKeptUnitStandsInForWhatTheLogHasLost() throws Exception {
    // Given a log without its beginning
    log.removeIf(record -> record.position().offset() < 3);

    // When
    try (Rebuild rebuild = rebuild(SETTINGS)) {
      Comparison comparison =
          rebuild.version(version.version(), Rebuild.Start.NEAREST_UNIT, (done, all) -> {});

      // Then
      assertThat(comparison.isEqual()).as("%s", comparison).isTrue();
      assertThat(comparison.from()).isPresent();
      assertThat(comparison.toString())
          .contains("is exactly these examples behind checkpoint " + comparison.from().get());
    }
  }

  @Test
  void withoutAUnitInFrontOfTheVersionItIsRefused() throws Exception {
    // Given the first version, which every unit that is left lies behind
    long first = service.versions().list().get(0).version();
    List<CheckpointId> units = service.checkpoints().kept();
    for (CheckpointId unit : units.subList(0, units.size() - 1)) {
      DurableFolder.remove(folder.resolve("checkpoints").resolve(unit.toString()));
    }

    try (Rebuild rebuild = rebuild(SETTINGS)) {
      assertThatThrownBy(
              () -> rebuild.version(first, Rebuild.Start.NEAREST_UNIT, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessageStartingWith(
              "version %d comes from none of the units kept, which are [", first);
    }
  }

  @Test
  void whereTheJournalsBeginningWasPrunedAnEarlierVersionStandsInAndTheOldestIsNamed()
      throws Exception {
    // Given what is left where only the last two versions are kept
    List<ModelVersion> versions = service.versions().list();
    ModelVersion first = versions.get(0);
    JournalPosition needed = JournalPruning.needed(service.stores()).orElseThrow();
    assertThat(needed).isEqualTo(RecordOutcomes.end(first).orElseThrow());
    needed = RecordOutcomes.end(versions.get(versions.size() - 2)).orElseThrow();
    service.journal().begin(3, Optional.empty(), JournalPosition.START, List.of()).close();
    assertThat(service.journal().prune(3, needed, 0).segments()).isPositive();

    try (Rebuild rebuild = rebuild(SETTINGS)) {
      // Then not from the base
      assertThatThrownBy(
              () -> rebuild.version(version.version(), Rebuild.Start.BASE, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessageStartingWith(
              "version %d cannot be rebuilt from the base: the journal begins at chunk ",
              version.version())
          .hasMessageContaining(
              "The oldest version that can be rebuilt from a kept unit (--from NEAREST_UNIT) is");

      // And without a checkpoint, from what an earlier version was made of
      for (CheckpointId unit : service.checkpoints().kept()) {
        service.checkpoints().remove(unit, 3);
      }
      Comparison comparison =
          rebuild.version(version.version(), Rebuild.Start.NEAREST_UNIT, (done, all) -> {});
      assertThat(comparison.isEqual()).as("%s", comparison).isTrue();
      assertThat(comparison.from().orElseThrow().number()).isLessThan(version.version());
      assertThatThrownBy(
              () -> rebuild.version(first.version(), Rebuild.Start.NEAREST_UNIT, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("; the oldest version that does is ");
    }
  }

  @Test
  void otherSettingsAreRefusedWithBothValues() throws Exception {
    Map<String, String> others = new HashMap<>(SETTINGS);
    others.put("training.learning-rate", "0.02");
    others.put("training.head-learning-rate", "0.1");
    others.put("batch.chunk-examples", "16"); // of no account: the journal has the chunks

    try (Rebuild rebuild = rebuild(others)) {
      assertThatThrownBy(
              () -> rebuild.version(version.version(), Rebuild.Start.BASE, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessage(
              "version %d was trained with other settings, give them as they were:"
                  + " {training.head-learning-rate=unset -> 0.1, training.learning-rate=0.01 ->"
                  + " 0.02}",
              version.version());
    }
  }

  @Test
  void settingsThatWereChangedOnTheWayAreTakenAsEachTermRecordedThem() throws Exception {
    // Given a version behind a restart with another rate and other batches
    Map<String, String> changed = new HashMap<>(SETTINGS);
    changed.put("training.learning-rate", "0.02");
    changed.put("training.head-learning-rate", "0.1");
    changed.put("batch.max-examples", "4");
    log.addAll(records(60, 84));
    try (TinyService.Instance third = service.instance(changed)) {
      third.trainer.takeOver(2);
      third.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  third.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 84);
      third.trainer.stop(SOON);
    }
    List<ModelVersion> versions = service.versions().list();
    ModelVersion last = versions.get(versions.size() - 1);
    assertThat(last.term()).isEqualTo(3);

    // When it is rebuilt with neither
    Rebuild.Settings recorded =
        given -> {
          Map<String, String> all = new HashMap<>(SETTINGS);
          given.forEach((name, value) -> all.put(name.substring("millrace.".length()), value));
          return service.config(all);
        };
    try (Rebuild rebuild =
        new Rebuild(
            service.config(SETTINGS),
            service.stores(),
            new ListedLog(log),
            Optional.of(recorded))) {
      Comparison comparison =
          rebuild.version(last.version(), Rebuild.Start.BASE, (done, all) -> {});

      // Then
      assertThat(comparison.isEqual()).as("%s", comparison).isTrue();
    }
  }

  @Test
  void aVersionThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
    try (Rebuild rebuild = rebuild(SETTINGS)) {
      assertThatThrownBy(() -> rebuild.version(99, Rebuild.Start.BASE, (done, all) -> {}))
          .isInstanceOf(PipelineException.class)
          .hasMessageStartingWith("version 99 of model default is not in the store, which has [");
    }
  }

  private InboundRecord at(String topic, long offset) {
    return log.stream()
        .filter(record -> record.position().topic().equals(topic))
        .filter(record -> record.position().offset() == offset)
        .findFirst()
        .orElseThrow();
  }

  private Rebuild rebuild(Map<String, String> settings) throws IOException {
    return new Rebuild(service.config(settings), service.stores(), new ListedLog(log));
  }
}
