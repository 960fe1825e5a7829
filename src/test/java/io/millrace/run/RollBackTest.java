package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.named;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static io.millrace.run.TinyService.retraction;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.control.AnswerOutcome;
import io.millrace.event.MetricRecord;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.TestResult;
import io.millrace.rebuild.Rebuild;
import io.millrace.report.TrainerState;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators' commands on a run with several versions, and what is left of them behind a crash. */
class RollBackTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  /** Chunks of wrong labels within which a version must turn out worse than the one before. */
  private static final int MOST_WRONG = 45;

  @TempDir private Path folder;

  private TinyService service;
  private final List<InboundRecord> log = new ArrayList<>();
  private long offset;

  @BeforeEach
  void arrive() throws IOException {
    service = new TinyService(folder);
    log.addAll(heldOut(0, 8));
    log.addAll(records(0, 16));
    log.addAll(refused(16, 18));
    log.addAll(records(18, 40));
  }

  @Test
  void whatAVersionWasMadeOfSaysWhatItBelongsTo() throws Exception {
    // Given
    service.broker().source(ListedSource.first());
    try (TinyService.Instance instance = service.trained(1, log, Map.of())) {
      // Then, or a roll-back would read a topic that was accepted once from its beginning again
      ModelVersion version = service.versions().list().get(0);
      Checkpoint then = service.stores().restorePoints().of(version).orElseThrow();
      assertThat(CommitParts.standing(then).identity().cluster()).contains(ListedSource.CLUSTER);
      assertThat(instance.board.failure()).isEmpty();
    }
  }

  @Test
  void skippingGoesOnFromTheVersionsWeightsBehindWhatCameSince() throws Exception {
    // Given
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      ModelVersion target = service.versions().list().get(0);
      Checkpoint then = service.stores().restorePoints().of(target).orElseThrow();
      long given = service.versions().lastNumber();
      long trainedThen = CheckpointParts.progress(then).examplesTrained();

      // When
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"skip\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      InputPositions next = first.trainer.takeOver(2);

      // Then the version is current again, and reading goes on behind the records since
      assertThat(service.versions().current().orElseThrow().version()).isEqualTo(1);
      assertThat(service.announced().get(service.announced().size() - 1).version()).isEqualTo(1);
      assertThat(next.next())
          .containsEntry(new Partition("examples", 0), 40L)
          .containsEntry(new Partition("heldout", 0), 8L);
      Checkpoint now = service.checkpoints().newest().orElseThrow().checkpoint();
      assertThat(CheckpointParts.tunerState(now).weights().get("classifier.weight").data())
          .isEqualTo(CheckpointParts.tunerState(then).weights().get("classifier.weight").data());
      assertThat(CheckpointParts.tunerState(now).secondMoments().get("classifier.weight").data())
          .isEqualTo(
              CheckpointParts.tunerState(then).secondMoments().get("classifier.weight").data());

      // And the event says which records nobody trains on
      RolledBack event = onlyRollBack();
      assertThat(event.version()).isEqualTo(1);
      assertThat(event.from()).isEqualTo(given);
      assertThat(event.skipped())
          .isEqualTo(
              Map.of(
                  new Partition("examples", 0),
                  new OffsetRange(
                      CheckpointParts.progress(then).next().get(new Partition("examples", 0)),
                      40)));

      // When more comes
      first.receive(records(40, 72));
      await().atMost(SOON).until(() -> service.versions().lastNumber() > given);

      // Then its version has the one rolled back to as its parent, and numbers have no gap
      List<ModelVersion> versions = service.broker().versions();
      assertThat(versions)
          .extracting(ModelVersion::version)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, versions.size()).boxed().toList());
      ModelVersion after = versions.get((int) given);
      assertThat(after.parent()).contains(1L);
      assertThat(after.provenance().examplesTrained()).isLessThanOrEqualTo(trainedThen + 32);
      assertThat(service.versions().current().orElseThrow().version()).isGreaterThan(given);

      // And it can be rebuilt from the base, without the records skipped
      List<InboundRecord> all = new ArrayList<>(log);
      all.addAll(records(40, 72));
      try (Rebuild rebuild =
          new Rebuild(service.config(Map.of()), service.stores(), new ListedLog(all))) {
        assertThat(rebuild.version(after.version(), Rebuild.Start.BASE, (d, a) -> {}).isEqual())
            .isTrue();
      }
    }
  }

  @Test
  void replayingTrainsOnTheRecordsSinceAgainAndSendsNoDeadLetterTwice() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      assertThat(service.broker().letters()).hasSize(2);
      Checkpoint then =
          service.stores().restorePoints().of(service.versions().list().get(0)).orElseThrow();

      // When
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"replay\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      InputPositions next = first.trainer.takeOver(2);

      // Then
      assertThat(next).isEqualTo(CheckpointParts.progress(then).positions());
      assertThat(onlyRollBack().skipped()).isEmpty();
      first.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  first.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 40);
      first.trainer.stop(SOON);
      assertThat(first.board.status().examplesTrained()).isEqualTo(38);
      assertThat(service.broker().letters()).hasSize(2);
    }
  }

  @Test
  void whatWasTrainedTheFirstTimeAndIsRefusedInTheReplayIsDeadLetteredOnce() throws Exception {
    // Given labels that grow: what is refused elsewhere is trained on
    Map<String, String> grow = Map.of("labels.unknown", "grow");
    try (TinyService.Instance first = service.trained(1, log, grow)) {
      assertThat(service.broker().letters()).isEmpty();
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"replay\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
    }

    // When they no longer do, and the replay refuses these records
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);
      second.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 40);

      // Then their letters are sent, also if they are read again once more
      await().atMost(SOON).until(() -> service.broker().letters().size() == 2);
      command(second, 2, "roll-back", "\"version\": 1, \"data\": \"replay\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 2);
    }
    try (TinyService.Instance third = service.instance(Map.of())) {
      third.trainer.takeOver(2);
      third.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  third.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 40);
      third.trainer.stop(SOON);
      assertThat(service.broker().letters()).hasSize(2);
    }
  }

  @Test
  void whatWasRetractedSinceDoesNotComeBackWithTheVersion() throws Exception {
    // Given a version that was trained on an example, which is retracted behind it
    Map<String, String> replay = Map.of("replay.size", "100", "replay.ratio", "0.5");
    log.set(8, named("examples", 0, "taken-back", "high"));
    try (TinyService.Instance first = service.trained(1, log, replay)) {
      RecordPosition position = new RecordPosition("examples", 0, 0);
      Checkpoint then =
          service.stores().restorePoints().of(service.versions().list().get(0)).orElseThrow();
      assertThat(replayed(then)).contains(position);
      List<InboundRecord> since =
          new ArrayList<>(List.of(retraction("examples", 40, "taken-back")));
      since.addAll(records(41, 48));
      first.receive(since);
      await()
          .atMost(SOON)
          .until(
              () ->
                  first.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 48);

      // When the retraction is among what the roll-back skips
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"skip\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      long last = service.versions().lastNumber();
      first.trainer.takeOver(2);
      first.receive(records(48, 80));
      await().atMost(SOON).until(() -> service.versions().lastNumber() > last);
      first.trainer.stop(SOON);

      // Then it is trained on no more
      Checkpoint now = service.checkpoints().newest().orElseThrow().checkpoint();
      assertThat(replayed(now)).isNotEmpty().doesNotContain(position);

      // And the journal has that
      List<InboundRecord> all = new ArrayList<>(log);
      all.addAll(since);
      all.addAll(records(48, 80));
      try (Rebuild rebuild =
          new Rebuild(service.config(replay), service.stores(), new ListedLog(all))) {
        assertThat(rebuild.version(last + 1, Rebuild.Start.BASE, (d, a) -> {}).isEqual()).isTrue();
      }
    }
  }

  private static List<RecordPosition> replayed(Checkpoint unit) {
    return CheckpointParts.replay(unit).kept().stream()
        .map(one -> one.example().position())
        .toList();
  }

  @Test
  void aSecondRollBackSendsNoDeadLetterTwiceEither() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"replay\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      long given = service.versions().lastNumber();
      InputPositions next = first.trainer.takeOver(2);
      first.receive(
          log.subList(8 + next.next().get(new Partition("examples", 0)).intValue(), 8 + 16));
      await().atMost(SOON).until(() -> service.versions().lastNumber() > given);

      // When it is rolled back again, in front of the letters that the first run had sent
      command(first, 2, "roll-back", "\"version\": 1, \"data\": \"replay\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 2);
      first.trainer.takeOver(2);
      first.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  first.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 40);
      first.trainer.stop(SOON);

      // Then
      assertThat(service.broker().letters()).hasSize(2);
    }
  }

  @Test
  void aCrashBetweenTheUnitAndItsTransactionLosesNothingOfTheRollBack() throws Exception {
    // Given a broker that takes no transaction behind the last unit
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      service.broker().refuseRollBacks();
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"skip\"");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      service.broker().refuse(false);
    }

    // When another takes over
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);

      // Then
      assertThat(onlyRollBack().version()).isEqualTo(1);
      assertThat(service.versions().current().orElseThrow().version()).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeRolledBackToIsRefusedAndTrainingGoesOn() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      long current = service.versions().lastNumber();
      command(first, 1, "roll-back", "\"version\": 99, \"data\": \"skip\"");
      command(first, 1, "roll-back", "\"version\": " + current + ", \"data\": \"skip\"");
      service.missing().set("examples-0 begins at offset 30, those from 8 are gone");
      command(first, 1, "roll-back", "\"version\": 1, \"data\": \"replay\"");

      // Then
      await().atMost(SOON).until(() -> first.answers.size() == 3);
      assertThat(first.answers)
          .extracting(MetricRecord.Commanded::outcome)
          .containsOnly(AnswerOutcome.REFUSED);
      assertThat(first.answers)
          .extracting(MetricRecord.Commanded::detail)
          .containsExactly(
              "version 99 is not in the store",
              "version " + current + " is the current one",
              "examples-0 begins at offset 30, those from 8 are gone");
      first.receive(records(40, 48));
      await()
          .atMost(SOON)
          .until(
              () ->
                  first.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 48);
    }
  }

  @Test
  void aPauseOutlivesARestartAndAnIdIsObeyedOnce() throws Exception {
    // Given
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      send(first, 1, "{\"id\": \"stop-it\", \"command\": \"pause\"}");
      await().atMost(SOON).until(() -> first.board.status().state().equals(TrainerState.PAUSED));
      send(first, 1, "{\"id\": \"stop-it\", \"command\": \"pause\"}");
      await().atMost(SOON).until(() -> first.answers.size() == 2);
      assertThat(first.answers)
          .extracting(MetricRecord.Commanded::outcome)
          .containsExactly(AnswerOutcome.DONE, AnswerOutcome.IGNORED);
      first.trainer.stop(SOON);
    }

    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);
      assertThat(second.trainer.commandPositions().next().next())
          .isEqualTo(Map.of(new Partition("control", 0), 2L));
      second.receive(records(40, 48)); // as much as the queue holds
      await().atMost(SOON).until(() -> second.board.status().state().equals(TrainerState.PAUSED));
      assertThat(second.board.status().positions())
          .containsEntry(new Partition("examples", 0), 40L);

      // When
      command(second, 2, "resume", "\"why\": \"unknown fields are ignored\"");

      // Then
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 48);
    }
  }

  @Test
  void publishNowMakesAVersionThatTheGateWouldHold() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      await().atMost(SOON).until(() -> first.board.status().state().equals(TrainerState.IDLE));
      long before = service.versions().lastNumber();

      // When
      send(first, 1, "{\"id\": \"now\", \"command\": \"publish\"}");

      // Then
      await().atMost(SOON).until(() -> service.versions().lastNumber() == before + 1);
      assertThat(service.versions().current().orElseThrow().decision())
          .startsWith("published by command now: loss ");
      await().atMost(SOON).until(() -> !first.answers.isEmpty());
      assertThat(first.answers.get(0).outcome()).isEqualTo(AnswerOutcome.DONE);
    }
  }

  @Test
  void aVersionThatTurnsOutWorseThanTheOneBeforeIsRolledBackByItself() throws Exception {
    // Given a gate that lets everything through, and labels that are all wrong from some point on
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      for (int chunk = 0; service.rejoins().get() == 0 && chunk < MOST_WRONG; chunk++) {
        // When held-out examples come that are labelled as before
        receiveWrong(first, chunk);
      }

      // Then
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      RolledBack event = onlyRollBack();
      assertThat(event.command()).isEqualTo("automatic-" + event.from());
      assertThat(event.reason())
          .startsWith(
              "rolled back to version %d: its predecessor is shown to be better"
                  .formatted(event.version()));
      assertThat(event.test().orElseThrow().mode()).isEqualTo(TestResult.Mode.REGRESSION);
      assertThat(event.test().orElseThrow().isShown()).isTrue();
      assertThat(event.skipped()).containsKey(new Partition("examples", 0));
      assertThat(service.versions().current().orElseThrow().version()).isEqualTo(event.version());
    }
  }

  @Test
  void oneThatCannotBeTakenBackYetIsTakenBackAsSoonAsItCan() throws Exception {
    // Given that the disk is full when a version turns out worse
    try (TinyService.Instance first =
        service.trained(1, log, Map.of("pipeline.queued-chunks", "1000"))) {
      first.onRecord =
          record -> {
            if (record instanceof MetricRecord.Evaluated evaluated
                && evaluated.outcome() == EvaluationOutcome.ROLL_BACK) {
              service.diskFull().set(true);
            }
          };
      for (int chunk = 0; !service.diskFull().get() && chunk < MOST_WRONG; chunk++) {
        receiveWrong(first, chunk);
      }
      await()
          .atMost(SOON)
          .until(() -> first.board.status().state().equals(TrainerState.WAITING_FOR_DISK));
      first.onRecord = record -> {};
      assertThat(service.rejoins().get()).isZero();

      // When
      service.diskFull().set(false);

      // Then
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      assertThat(onlyRollBack().command()).startsWith("automatic-");
      assertThat(first.answers)
          .extracting(MetricRecord.Commanded::outcome)
          .containsExactly(AnswerOutcome.DONE);
    }
  }

  @Test
  void oneThatCannotBeTakenBackByItselfSaysSo() throws Exception {
    // Given that what it was made of is lost
    service.loseRestorePoints();
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      for (int chunk = 0; first.answers.isEmpty() && chunk < MOST_WRONG; chunk++) {
        receiveWrong(first, chunk);
      }

      // Then
      await().atMost(SOON).until(() -> !first.answers.isEmpty());
      MetricRecord.Commanded answer = first.answers.get(0);
      assertThat(answer.command()).startsWith("automatic-");
      assertThat(answer.outcome()).isEqualTo(AnswerOutcome.REFUSED);
      assertThat(answer.detail()).contains("is no longer kept");
      assertThat(service.rejoins().get()).isZero();
    }
  }

  /** Enough to be sure of a small difference, and a chunk that every candidate learns from. */
  private static void receiveWrong(TinyService.Instance instance, int chunk)
      throws InterruptedException {
    instance.receive(heldOut(8 + 100L * chunk, 108 + 100L * chunk));
    instance.receive(wrong(40 + 8L * chunk, 48 + 8L * chunk));
  }

  private static List<InboundRecord> wrong(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(
            at ->
                TinyService.labelled(
                    "examples", at, at % 2 == 0 ? "good" : "bad", at % 2 == 0 ? "low" : "high"))
        .toList();
  }

  private RolledBack onlyRollBack() {
    List<RolledBack> events =
        service.broker().commits().stream()
            .flatMap(commit -> commit.outbox().rollBacks().stream())
            .toList();
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private void command(TinyService.Instance instance, long term, String name, String fields)
      throws InterruptedException {
    send(
        instance,
        term,
        "{\"id\": \"c%d\", \"command\": \"%s\", %s}".formatted(offset, name, fields));
  }

  private void send(TinyService.Instance instance, long term, String json)
      throws InterruptedException {
    instance.trainer.command(term, new Partition("control", 0), offset, json.getBytes(UTF_8));
    offset++;
  }
}
