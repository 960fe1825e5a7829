package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.control.AnswerOutcome;
import io.millrace.control.CommandPositions;
import io.millrace.event.MetricRecord;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.gate.InterimLooks;
import io.millrace.report.TrainerState;
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

/** What units say of commands and of the gate, so that a crash at any place loses none of it. */
class CommandHandlerTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private TinyService service;
  private final List<InboundRecord> log = new ArrayList<>();

  @BeforeEach
  void arrive() throws IOException {
    service = new TinyService(folder);
    log.addAll(heldOut(0, 8));
    log.addAll(records(0, 40));
  }

  @Test
  void noUnitBeforeTheOneOfARollBackHasItsCommand() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      // When
      send(
          first,
          0,
          "{\"id\": \"back\", \"command\": \"roll-back\", \"version\": 1, \"data\": \"skip\"}");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);

      // Then whoever takes over behind any of them obeys it, or has it done
      List<CheckpointStore.Saved> units = units();
      assertThat(units).hasSizeGreaterThan(1);
      for (CheckpointStore.Saved unit : units) {
        OwnerState standing = CommitParts.standing(unit.checkpoint());
        assertThat(standing.control().knows("back")).isEqualTo(standing.rolledBack().isPresent());
      }
      assertThat(CommitParts.standing(newest()).control().knows("back")).isTrue();
    }
  }

  @Test
  void aVersionPublishedDuringAPauseIsAnnouncedWithItsCommand() throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      // Given
      send(first, 0, "{\"id\": \"wait\", \"command\": \"pause\"}");
      await().atMost(SOON).until(() -> first.board.status().state().equals(TrainerState.PAUSED));
      long before = service.broker().versions().size();

      // When
      send(first, 1, "{\"id\": \"now\", \"command\": \"publish\"}");

      // Then
      await().atMost(SOON).until(() -> service.broker().versions().size() == before + 1);
      assertThat(first.board.status().state()).isEqualTo(TrainerState.PAUSED);
      await().atMost(SOON).until(() -> first.answers.size() == 2);
      assertThat(first.answers)
          .extracting(MetricRecord.Commanded::outcome)
          .containsOnly(AnswerOutcome.DONE);
      for (CheckpointStore.Saved unit : units()) {
        boolean obeyed = CommitParts.standing(unit.checkpoint()).control().knows("now");
        assertThat(CommitParts.lastVersion(unit.checkpoint()) > before).isEqualTo(obeyed);
      }
    }
  }

  @Test
  void theFirstCommandIsFoundByTheNextOwner() throws Exception {
    // Given an owner that reads commands, and none has come yet
    try (TinyService.Instance first = service.instance(Map.of())) {
      first.trainer.takeOver(1);
      first.trainer.commandsBegin(
          1,
          new CommandPositions(
              Optional.of("t-1"), new InputPositions(Map.of(new Partition("control", 0), 7L))));
      first.receive(log);
      await().atMost(SOON).until(() -> !service.broker().versions().isEmpty());
      first.trainer.stop(SOON);
    }

    try (TinyService.Instance second = service.instance(Map.of())) {
      // When
      second.trainer.takeOver(2);

      // Then
      assertThat(second.trainer.commandPositions())
          .isEqualTo(
              new CommandPositions(
                  Optional.of("t-1"), new InputPositions(Map.of(new Partition("control", 0), 7L))));
    }
  }

  @Test
  void theGatesLooksOutliveARestart() throws Exception {
    // Given candidates that are no better than the current version
    try (TinyService.Instance publishing = service.trained(1, log, Map.of())) {
      publishing.trainer.stop(SOON);
    }
    long current = service.versions().current().orElseThrow().version();
    Map<String, String> still =
        Map.of("training.learning-rate", "1e-12", "publication.margin", "0.000001");
    try (TinyService.Instance first = service.instance(still)) {
      first.trainer.takeOver(2);
      first.receive(records(40, 136));
      await()
          .atMost(SOON)
          .until(
              () ->
                  first.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 136);
      first.trainer.stop(SOON);
    }
    InterimLooks before = CommitParts.standing(newest()).looks();
    assertThat(before.version()).isEqualTo(current);
    assertThat(tests(before)).isGreaterThan(10);

    // When another looks at what one more chunk brings
    try (TinyService.Instance second = service.instance(still)) {
      second.trainer.takeOver(2);
      second.receive(records(136, 144));
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 144);
      second.trainer.stop(SOON);
    }

    // Then
    assertThat(tests(CommitParts.standing(newest()).looks())).isGreaterThan(tests(before));
  }

  @Test
  void behindADamagedUnitAndACrashNoDeadLetterIsSentTwice() throws Exception {
    // Given letters in a unit that is lost
    List<InboundRecord> rest = new ArrayList<>(refused(40, 42));
    rest.addAll(records(42, 48));
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      first.trainer.stop(SOON);
    }
    CheckpointId whole = service.checkpoints().newest().orElseThrow().id();
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);
      second.receive(rest);
      await().atMost(SOON).until(() -> service.broker().letters().size() == 2);
      second.trainer.stop(SOON);
    }
    for (CheckpointId unit : service.checkpoints().kept()) {
      if (unit.compareTo(whole) > 0) {
        service.checkpoints().remove(unit, unit.term());
      }
    }

    // When the next owner commits in front of them, and dies
    try (TinyService.Instance third = service.instance(Map.of())) {
      third.trainer.takeOver(2);
      int before = service.broker().commits().size();
      third.trainer.command(
          third.trainer.term().getAsLong(),
          new Partition("control", 0),
          0,
          "{\"id\": \"again\", \"command\": \"resume\"}".getBytes(UTF_8));
      await().atMost(SOON).until(() -> service.broker().commits().size() > before);
      assertThat(service.broker().committed().next())
          .containsEntry(new Partition("examples", 0), 40L);
      third.trainer.giveUp("a crash");
    }

    // Then
    try (TinyService.Instance fourth = service.instance(Map.of())) {
      fourth.trainer.takeOver(2);
      fourth.receive(rest);
      await()
          .atMost(SOON)
          .until(
              () ->
                  fourth.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 48);
      fourth.trainer.stop(SOON);
    }
    assertThat(service.broker().letters()).hasSize(2);
  }

  private static long tests(InterimLooks looks) {
    return looks.superior() + looks.nonInferior();
  }

  private Checkpoint newest() throws IOException {
    return service.checkpoints().newest().orElseThrow().checkpoint();
  }

  private List<CheckpointStore.Saved> units() throws IOException {
    List<CheckpointStore.Saved> units = new ArrayList<>();
    for (CheckpointId id : service.checkpoints().kept()) {
      service.checkpoints().read(id).ifPresent(units::add);
    }
    return units;
  }

  private static void send(TinyService.Instance instance, long offset, String json)
      throws InterruptedException {
    instance.trainer.command(1, new Partition("control", 0), offset, json.getBytes(UTF_8));
  }
}
