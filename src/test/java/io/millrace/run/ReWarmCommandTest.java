package io.millrace.run;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.control.AnswerOutcome;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.rebuild.Rebuild;
import io.millrace.report.TrainerState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What drift may bring about, by hand: the learning rate's schedule begins again. */
class ReWarmCommandTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String REWARM = "{\"id\": \"again\", \"command\": \"re-warm\"}";
  private static final Map<String, String> DECAYING =
      Map.of("training.lr-scheduler-type", "inverse-sqrt", "training.warmup-steps", "2");

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
  void theScheduleBeginsAgainAndTheVersionAfterItIsRebuiltFromTheBase() throws Exception {
    try (TinyService.Instance owner = service.trained(1, log, DECAYING)) {
      assertThat(origin()).isZero();
      long given = service.versions().lastNumber();

      // When
      owner.trainer.command(1, new Partition("control", 0), 0, REWARM.getBytes(UTF_8));
      await().atMost(SOON).until(() -> owner.answers.size() == 1);
      owner.receive(records(40, 64));
      await().atMost(SOON).until(() -> service.versions().lastNumber() > given);
      owner.trainer.stop(SOON);

      // Then
      assertThat(owner.answers.get(0).outcome()).isEqualTo(AnswerOutcome.DONE);
      assertThat(origin()).isEqualTo(5);
      List<InboundRecord> all = new ArrayList<>(log);
      all.addAll(records(40, 64));
      long last = service.versions().lastNumber();
      try (Rebuild rebuild =
          new Rebuild(service.config(DECAYING), service.stores(), new ListedLog(all))) {
        assertThat(rebuild.version(last, Rebuild.Start.BASE, (d, a) -> {}).isEqual()).isTrue();
      }
    }
  }

  @Test
  void aCrashAfterItHasItHappenOnceWhereItDid() throws Exception {
    // Given that the unit has it, and one more chunk, which no unit has, was trained on
    try (TinyService.Instance first = service.trained(1, log, DECAYING)) {
      first.trainer.command(1, new Partition("control", 0), 0, REWARM.getBytes(UTF_8));
      await().atMost(SOON).until(() -> first.answers.size() == 1);
      service.diskFull().set(true);
      first.receive(records(40, 48));
      await()
          .atMost(SOON)
          .until(() -> first.board.status().state().equals(TrainerState.WAITING_FOR_DISK));
      first.trainer.giveUp("a crash");
    }
    service.diskFull().set(false);

    // When another goes on, and trains more than that chunk
    try (TinyService.Instance second = service.instance(DECAYING)) {
      second.trainer.takeOver(2);
      second.receive(records(40, 56));
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 56);
      second.trainer.stop(SOON);
    }

    // Then the schedule began after the fifth step, and not again after the sixth
    assertThat(origin()).isEqualTo(5);
    assertThat(CommitParts.standing(newest()).control().rewarm()).isFalse();
  }

  @Test
  void aScheduleOnWhichItChangesNothingRefusesIt() throws Exception {
    try (TinyService.Instance owner = service.trained(1, log, Map.of())) {
      owner.trainer.command(1, new Partition("control", 0), 0, REWARM.getBytes(UTF_8));

      await().atMost(SOON).until(() -> owner.answers.size() == 1);
      assertThat(owner.answers.get(0).outcome()).isEqualTo(AnswerOutcome.REFUSED);
      assertThat(owner.answers.get(0).detail()).startsWith("no step would have another");
    }
  }

  private Checkpoint newest() throws IOException {
    return service.checkpoints().newest().orElseThrow().checkpoint();
  }

  private long origin() throws IOException {
    return CheckpointParts.tunerState(newest()).history().scheduleOrigin();
  }
}
