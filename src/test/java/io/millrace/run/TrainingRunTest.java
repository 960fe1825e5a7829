package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.RunCommit;
import io.millrace.commit.RunState;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.example.InputPositions;
import io.millrace.intake.Work;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.learner.Snapshot;
import io.millrace.promotion.Evaluations;
import io.millrace.testing.Examples;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one turn does, and what waits for the end of a chunk: three steps of 40 examples. */
class TrainingRunTest {

  private final Learner learner = new LearnerBuilder().build();
  private final SetClock clock = new SetClock(Examples.NOON);
  private final Deque<Work> waiting = new ArrayDeque<>();
  private final RunState state = new RunState(OwnerState.START);
  private final OutboxBuffer outgoing = new OutboxBuffer(0, io.millrace.event.SentDeadLetters.NONE);
  private final Commits commits = new Commits();
  private final Evaluating evaluations = new Evaluating();
  private final List<Long> obeyedAt = new ArrayList<>();
  private final List<String> reported = new ArrayList<>();
  private boolean journalHasRoom = true;
  private boolean paused;
  private final TrainingRun run = run();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aTurnTakesOneStepAndAStopWaitsForTheEndOfItsChunk() throws Exception {
    // Given two chunks
    waiting.add(Chunks.chunk(0));
    waiting.add(Chunks.chunk(1));
    assertThat(run.turn()).isEqualTo(Turn.WORKED); // the chunk is in the journal now

    // When a stop comes during the first
    for (long step = 1; step <= 3; step++) {
      assertThat(run.turn()).isEqualTo(Turn.WORKED);
      assertThat(learner.tuner().steps()).isEqualTo(step);
      run.stop();
    }

    // Then that is finished and saved, and the second not begun
    assertThat(learner.progress().chunks()).isZero();
    assertThat(run.turn()).isEqualTo(Turn.WORKED);
    assertThat(learner.progress().chunks()).isEqualTo(1);
    assertThat(run.turn()).isEqualTo(new Turn.Ended(new LoopEnd.Stopped(/* saved= */ true)));
    assertThat(commits.offeredAt).containsExactly(3L);
    assertThat(waiting).hasSize(1);
  }

  @Test
  void aRunThatIsGivenUpFinishesItsChunkAndCommitsNothing() throws Exception {
    waiting.add(Chunks.chunk(0));
    turns(2);

    // When
    run.abandon();
    turns(3);

    // Then
    assertThat(run.turn()).isEqualTo(new Turn.Ended(new LoopEnd.Abandoned()));
    assertThat(learner.progress().chunks()).isEqualTo(1);
    assertThat(commits.offeredAt).isEmpty();
  }

  @Test
  void commandsEvaluationsAndCommitsFallOnTheEndsOfChunks() throws Exception {
    // Given
    commits.due = true;
    waiting.add(Chunks.chunk(0));
    waiting.add(Chunks.chunk(1));

    // When
    turns(10);

    // Then
    assertThat(learner.tuner().steps()).isEqualTo(6);
    assertThat(obeyedAt).containsExactly(0L, 3L);
    assertThat(evaluations.askedAt).containsExactly(3L, 6L);
    assertThat(commits.offeredAt).containsExactly(3L, 6L);
  }

  @Test
  void withoutRoomInTheJournalNoStepIsTakenAndThenTheSameWorkIs() throws Exception {
    // Given
    journalHasRoom = false;
    waiting.add(Chunks.chunk(0));
    assertThat(run.turn()).isEqualTo(Turn.BLOCKED);
    assertThat(run.turn()).isEqualTo(Turn.BLOCKED);
    assertThat(learner.progress()).isEqualTo(Progress.start(LearnerBuilder.LABELS.names()));

    // When
    journalHasRoom = true;
    turns(5);

    // Then
    assertThat(learner.progress().examplesTrained()).isEqualTo(Chunks.SIZE);
    assertThat(reported).startsWith("no room", "no room", "training");
  }

  @Test
  void duringAPauseNoWorkIsTaken() throws Exception {
    paused = true;
    waiting.add(Chunks.chunk(0));

    assertThat(run.turn()).isEqualTo(Turn.BLOCKED);

    assertThat(waiting).hasSize(1);
    assertThat(reported).containsExactly("paused");
  }

  @Test
  void onlyTimeWithoutWorkBringsWhatTimeAsksFor() throws Exception {
    // Given
    assertThat(run.turn()).isEqualTo(Turn.IDLE);
    clock.pass(Duration.ofMillis(499));
    assertThat(run.turn()).isEqualTo(Turn.IDLE);
    assertThat(evaluations.askedAt).isEmpty();

    // When half a second has passed
    clock.pass(Duration.ofMillis(1));
    assertThat(run.turn()).isEqualTo(Turn.WORKED);

    // Then it is asked again only after another
    assertThat(evaluations.askedAt).containsExactly(0L);
    assertThat(run.turn()).isEqualTo(Turn.IDLE);
    assertThat(reported).containsExactly("idle");
  }

  @Test
  void aVersionThatIsWrittenByNowIsTakenInBeforeTheCommit() throws Exception {
    // Given a version that is being written at the end of the chunk
    commits.due = true;
    evaluations.writing = true;
    waiting.add(Chunks.chunk(0));
    turns(5);

    // Then the commit waits, as the heap has room for one copy of the moments
    assertThat(commits.offeredAt).isEmpty();

    // When it is there
    evaluations.writing = false;
    waiting.add(Chunks.chunk(1));
    turns(5);

    // Then
    assertThat(evaluations.takenIn).isGreaterThanOrEqualTo(2);
    assertThat(commits.offeredAt).containsExactly(6L);
  }

  @Test
  void aLostOwnershipEndsTheRun() throws Exception {
    commits.lost = true;
    waiting.add(Chunks.chunk(0));
    turns(4);

    assertThat(run.turn()).isEqualTo(new Turn.Ended(new LoopEnd.Lost("another owner")));
  }

  private void turns(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      assertThat(run.turn()).isEqualTo(Turn.WORKED);
    }
  }

  private TrainingRun run() {
    return new TrainingRun(
        learner,
        state,
        new RunPorts(
            () -> Optional.ofNullable(waiting.poll()),
            entry -> journalHasRoom,
            io.millrace.identity.RunIdentity.NONE,
            new CommitSchedule(learner, outgoing, state, commits),
            evaluations,
            new Control(),
            new Report(),
            clock));
  }

  private final class Control implements RunControl {

    @Override
    public void tellAnswers() {}

    @Override
    public Optional<LoopEnd> obey() {
      obeyedAt.add(learner.tuner().steps());
      return Optional.empty();
    }

    @Override
    public boolean isPaused() {
      return paused;
    }

    @Override
    public Optional<LoopEnd> afterEvaluation(MetricRecord.Evaluated evaluated) {
      return Optional.empty();
    }
  }

  private final class Report implements RunReport {

    @Override
    public void worked(boolean onWork) {
      reported.add(onWork ? "training" : "idle");
    }

    @Override
    public void waitedForRoom(Optional<String> problem) {
      reported.add("no room");
    }

    @Override
    public void paused() {
      reported.add("paused");
    }
  }

  private final class Evaluating implements Evaluations {

    private final List<Long> askedAt = new ArrayList<>();
    private boolean writing;
    private int takenIn;

    @Override
    public void trained(double seconds, int examples) {}

    @Override
    public Optional<MetricRecord.Evaluated> evaluateIfDue() {
      askedAt.add(learner.tuner().steps());
      return Optional.empty();
    }

    @Override
    public void takeInWritten() {
      takenIn++;
    }

    @Override
    public boolean isWriting() {
      return writing;
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }

  private static final class Commits implements RunCommit {

    private final List<Long> offeredAt = new ArrayList<>();
    private CommitState state =
        new CommitState(
            new CommitState.Mark(InputPositions.START, 0), Optional.empty(), Optional.empty());
    private boolean due;
    private boolean lost;

    @Override
    public boolean isDue() {
      return due;
    }

    @Override
    public void offer(CommitState.Mark at, Supplier<Snapshot> now, Outbox outbox) {
      offeredAt.add(now.get().step());
      state = new CommitState(at, Optional.empty(), Optional.empty());
    }

    @Override
    public Optional<String> rollBack(Checkpoint then, Outbox outbox) {
      throw new AssertionError("nobody rolls back");
    }

    @Override
    public void takeInDone() throws OwnershipLostException {
      if (lost) {
        throw new OwnershipLostException("another owner", null);
      }
    }

    @Override
    public void await() {}

    @Override
    public CommitState state() {
      return state;
    }
  }
}
