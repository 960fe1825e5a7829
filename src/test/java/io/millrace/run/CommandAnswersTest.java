package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CommitParts;
import io.millrace.control.AnswerOutcome;
import io.millrace.control.CommandPositions;
import io.millrace.event.MetricRecord;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
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

/** Every record of the control topic gets one answer, with the unit that has what it changed. */
class CommandAnswersTest {

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
  void whatIsNoCommandIsRefusedByItsPositionAndWhoAskedIsInEveryAnswer() throws Exception {
    try (TinyService.Instance owner = service.trained(1, log, Map.of())) {
      // When
      send(owner, 3, "pause");
      send(owner, 4, "{\"id\": \"typo\", \"command\": \"paus\", \"by\": \"alice\"}");
      send(
          owner,
          5,
          "{\"id\": \"back\", \"command\": \"roll-back\", \"version\": 99,"
              + " \"data\": \"skip\", \"by\": \"bob\"}");
      send(owner, 6, "{\"id\": \"wait\", \"command\": \"pause\", \"by\": \"carol\"}");

      // Then the broker has an answer to each
      await().atMost(SOON).until(() -> answers().size() == 4);
      assertThat(answers())
          .extracting(
              MetricRecord.Commanded::command,
              MetricRecord.Commanded::name,
              MetricRecord.Commanded::outcome,
              MetricRecord.Commanded::by,
              MetricRecord.Commanded::position)
          .containsExactly(
              tuple(
                  "control-0:3",
                  "unreadable",
                  AnswerOutcome.REFUSED,
                  Optional.empty(),
                  Optional.of("control-0@3")),
              tuple(
                  "typo",
                  "unreadable",
                  AnswerOutcome.REFUSED,
                  Optional.of("alice"),
                  Optional.of("control-0@4")),
              tuple(
                  "back",
                  "roll-back",
                  AnswerOutcome.REFUSED,
                  Optional.of("bob"),
                  Optional.of("control-0@5")),
              tuple(
                  "wait",
                  "pause",
                  AnswerOutcome.DONE,
                  Optional.of("carol"),
                  Optional.of("control-0@6")));
      assertThat(answers().get(0).detail())
          .isEqualTo("control-0@3 is no command: the command is not valid JSON");

      // And the process tells the same, once the broker has them
      await().atMost(SOON).until(() -> owner.answers.size() == 4);
      assertThat(owner.answers).isEqualTo(answers());
    }
  }

  @Test
  void anAnswerIsInTheUnitThatHasTheCommandAlsoARefusedOneAndDoesNotWaitForTheNextCheckpoint()
      throws Exception {
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      first.trainer.stop(SOON);
    }
    try (TinyService.Instance owner = service.instance(Map.of("checkpoint.every", "1h"))) {
      // Given an owner that checkpoints once an hour
      owner.trainer.takeOver(2);
      long term = owner.trainer.term().getAsLong();

      // When
      owner.trainer.command(
          term,
          new Partition("control", 0),
          0,
          "{\"id\": \"back\", \"command\": \"roll-back\", \"version\": 99, \"data\": \"skip\"}"
              .getBytes(UTF_8));
      await().atMost(SOON).until(() -> answers().size() == 1);

      // Then no unit has the one without the other
      for (CheckpointStore.Saved unit : units()) {
        boolean knows = CommitParts.standing(unit.checkpoint()).control().knows("back");
        boolean answers =
            CommitParts.outbox(unit.checkpoint()).answers().stream()
                .anyMatch(answer -> answer.command().equals("back"));
        assertThat(answers).as("%s", unit.id()).isEqualTo(knows);
      }
    }
  }

  @Test
  void aRecordThatIsReadAgainIsNeitherObeyedNorAnsweredAgainHoweverManyCameSince()
      throws Exception {
    try (TinyService.Instance owner = service.trained(1, log, Map.of())) {
      // Given a pause of long ago, a resume, and hundreds of commands since
      String pause = "{\"id\": \"wait\", \"command\": \"pause\"}";
      send(owner, 0, pause);
      for (int i = 1; i <= 300; i++) {
        send(owner, i, "{\"id\": \"go-%d\", \"command\": \"resume\"}".formatted(i));
      }
      await().atMost(SOON).until(() -> answers().size() == 301);

      // When the topic is read from the term's start again
      send(owner, 0, pause);
      send(owner, 1, "{\"id\": \"go-1\", \"command\": \"resume\"}");
      send(owner, 301, "{\"id\": \"last\", \"command\": \"resume\"}");

      // Then
      await().atMost(SOON).until(() -> answers().size() == 302);
      assertThat(answers().get(301).command()).isEqualTo("last");
      assertThat(owner.board.status().state()).isNotEqualTo(TrainerState.PAUSED);

      // And a repeat by its sender, another record, is ignored
      send(owner, 302, pause);
      await().atMost(SOON).until(() -> answers().size() == 303);
      assertThat(answers().get(302).outcome()).isEqualTo(AnswerOutcome.IGNORED);
      assertThat(owner.board.status().state()).isNotEqualTo(TrainerState.PAUSED);
    }
  }

  @Test
  void aTopicThatWasMadeAnewHasOtherCommandsAtTheOffsetsThatWereObeyed() throws Exception {
    try (TinyService.Instance owner = service.trained(1, log, Map.of())) {
      // Given
      owner.trainer.commandsBegin(1, at("old", 40));
      send(owner, 40, "{\"id\": \"one\", \"command\": \"resume\"}");
      await().atMost(SOON).until(() -> answers().size() == 1);

      // When
      owner.trainer.commandsBegin(1, at("new", 0));
      send(owner, 0, "{\"id\": \"two\", \"command\": \"resume\"}");

      // Then
      await().atMost(SOON).until(() -> answers().size() == 2);
      assertThat(answers().get(1).outcome()).isEqualTo(AnswerOutcome.DONE);
      owner.trainer.stop(SOON);
    }
    try (TinyService.Instance next = service.instance(Map.of())) {
      next.trainer.takeOver(2);
      assertThat(next.trainer.commandPositions()).isEqualTo(at("new", 1));
    }
  }

  @Test
  void aCrashBetweenAUnitAndItsTransactionNeitherLosesNorDoublesTheAnswer() throws Exception {
    // Given
    try (TinyService.Instance first = service.trained(1, log, Map.of())) {
      service.broker().refuse(true);
      send(first, 0, "{\"id\": \"wait\", \"command\": \"pause\"}");
      await().atMost(SOON).until(() -> service.rejoins().get() == 1);
      service.broker().refuse(false);
    }
    assertThat(answers()).isEmpty();

    // When the next owner reads the topic from where its unit ends
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);

      // Then
      assertThat(answers()).extracting(MetricRecord.Commanded::command).containsExactly("wait");
      assertThat(second.trainer.commandPositions().next().of("control", 0)).hasValue(1);
    }
  }

  private static CommandPositions at(String topic, long next) {
    return new CommandPositions(
        Optional.of(topic), new InputPositions(Map.of(new Partition("control", 0), next)));
  }

  private List<MetricRecord.Commanded> answers() {
    return service.broker().commits().stream()
        .flatMap(commit -> commit.outbox().answers().stream())
        .toList();
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
