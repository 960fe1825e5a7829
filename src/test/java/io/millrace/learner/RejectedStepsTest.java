package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Checkpointer;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.RunState;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.commit.WriteAheadLog;
import io.millrace.config.PipelineConfig;
import io.millrace.event.MetricRecord;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.DeadLetter;
import io.millrace.example.InputPositions;
import io.millrace.gate.InterimLooks;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.Chunk;
import io.millrace.intake.ChunkQueue;
import io.millrace.intake.InputProgress;
import io.millrace.intake.IntakeItem;
import io.millrace.intake.JournalReplayer;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.PromotionGate;
import io.millrace.publishing.ArtifactUploader;
import io.millrace.publishing.PublicationFacts;
import io.millrace.publishing.Publisher;
import io.millrace.report.StatusBoard;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.LoopEnd;
import io.millrace.run.MemoryBroker;
import io.millrace.run.MemoryJournal;
import io.millrace.run.NoCheckpoints;
import io.millrace.run.Passes;
import io.millrace.run.PipelineConfigs;
import io.millrace.run.RunPorts;
import io.millrace.run.Steer;
import io.millrace.run.TrainingLoop;
import io.millrace.run.TrainingReport;
import io.millrace.run.TrainingRun;
import io.millrace.step.FineTuner;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.TinyBert;
import io.millrace.time.RunClock;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole stream is never dead-lettered: what a broken model refuses is read again. */
class RejectedStepsTest {

  private static final Consumer<TrainingLoop> NOTHING = loop -> {};

  /** A chunk of 40 examples is three batches, so the whole of a bad one is one step too many. */
  private static final int MAX_REJECTED = 3;

  @TempDir private Path folder;

  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private FolderCheckpointStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = new FolderCheckpointStore(folder, 5);
  }

  @AfterEach
  void stopWriter() {
    writer.shutdown();
  }

  @Test
  void aRunOfRefusedStepsEndsTrainingAtTheLastCheckpointAndDeadLettersNothing() throws Exception {
    // Given a good chunk, and one that the model refuses as a whole
    Learner learner = fresh();

    // When
    LoopEnd end = run(learner, LearnerTest.chunk(0), refused(1, 40));

    // Then
    assertThat(end).isInstanceOf(LoopEnd.Broken.class);
    assertThat(end.reason())
        .startsWith("3 training steps in a row were refused, the last because of step 4")
        .contains("none of their 40 examples was dead-lettered")
        .contains("they are read again from the last checkpoint");

    assertThat(deadLetters).isEmpty();
    assertThat(savedPositions()).isEqualTo(LearnerTest.chunkEnd(0));

    // When a restart reads the chunk again, from a producer who has mended it
    try (Learner restarted = learner().from(store.newest().orElseThrow().checkpoint()).build();
        Learner uninterrupted = fresh()) {
      Passes.train(restarted, LearnerTest.chunk(1), step -> {});
      Passes.train(uninterrupted, LearnerTest.chunk(0), step -> {});
      Passes.train(uninterrupted, LearnerTest.chunk(1), step -> {});

      // Then
      assertThat(restarted.progress()).isEqualTo(uninterrupted.progress());
      assertThat(restarted.tuner().snapshot().weights().get("classifier.weight").data())
          .isEqualTo(uninterrupted.tuner().snapshot().weights().get("classifier.weight").data());
    }
  }

  @Test
  void brokenWeightsAreNeitherSavedNorBlamedOnTheStream() throws Exception {
    // Given
    FineTunerState healthy;
    try (Learner learner = fresh()) {
      healthy = learner.tuner().snapshot();
    }
    healthy.weights().get("classifier.weight").data()[0] = Float.NaN;
    Learner broken =
        learner()
            .tuner(
                FineTuner.restore(
                    new Bert(TinyBert.config(0.1)),
                    healthy,
                    TinyBert.settings(Map.of()),
                    Device.cpu(),
                    Labels.TASK))
            .build();

    // When
    LoopEnd end = run(broken, LearnerTest.chunk(0));

    // Then
    assertThat(end)
        .isEqualTo(new LoopEnd.Broken("the model's weights are not finite, their norm is NaN"));
    assertThat(deadLetters).isEmpty();
    assertThat(store.newest()).isEmpty();
  }

  @Test
  void aCheckpointWaitsForTheOutcomeOfRefusedExamples() {
    try (Learner learner = fresh()) {
      // When two steps are refused
      Passes.train(learner, refused(0, 32), step -> {});

      // Then
      assertThat(learner.isSettled()).isFalse();
      assertThat(deadLetters).isEmpty();
      assertThat(learner.progress().deadLetters()).isEmpty();

      // When the next step shows that it was the examples
      Passes.train(learner, LearnerTest.chunk(1), step -> {});

      // Then
      assertThat(learner.isSettled()).isTrue();
      assertThat(deadLetters).hasSize(32).allMatch(letter -> offset(letter) < 32);
      assertThat(learner.progress().deadLetters()).isEqualTo(Map.of("NON_FINITE", 32L));
      assertThat(learner.progress().examplesTrained()).isEqualTo(40);

      // When two more are refused, they are a new run
      Passes.train(learner, refused(2, 32), step -> {});
      assertThat(learner.isSettled()).isFalse();
    }
  }

  @Test
  void nothingIsSavedWhileRefusedExamplesAreHeld() throws Exception {
    // When the loop is stopped right behind a refused step
    run(fresh(), LearnerTest.chunk(0), refused(1, 16));

    // Then
    assertThat(savedPositions()).isEqualTo(LearnerTest.chunkEnd(0));
    assertThat(deadLetters).isEmpty();
  }

  @Test
  void aStreamThatPausesBehindARefusedStepHoldsNothingUp() throws Exception {
    // Given a stream that ends with examples whose loss is not finite, and no step behind them
    AtomicInteger commits = new AtomicInteger();

    // When the loop goes on until it has committed something behind the first chunk
    run(
        fresh(),
        loop -> {
          if (commits.incrementAndGet() == 2) {
            loop.stop();
          }
        },
        LearnerTest.chunk(0),
        refused(1, 16));

    // Then the model, which still answers, is not to blame
    assertThat(savedPositions()).isEqualTo(LearnerTest.chunkEnd(1));
    assertThat(deadLetters).hasSize(16).allMatch(letter -> offset(letter) >= 40);
  }

  @Test
  void aModelThatAnswersWithoutNumbersIsToBlameItself() throws Exception {
    // Given
    FineTunerState state;
    try (Learner learner = fresh()) {
      state = learner.tuner().snapshot();
    }
    state.weights().get("classifier.weight").data()[0] = Float.NaN;
    try (Learner broken =
        learner()
            .tuner(
                FineTuner.restore(
                    new Bert(TinyBert.config(0.1)),
                    state,
                    TinyBert.settings(Map.of()),
                    Device.cpu(),
                    Labels.TASK))
            .build()) {
      LearnerTest.chunk(0)
          .of(IntakeItem.ToScore.class)
          .forEach(arrival -> broken.heldOut().add(arrival.example()));

      // Then
      assertThatThrownBy(() -> RefusedSteps.settle(broken))
          .isInstanceOf(BrokenTrainingException.class)
          .hasMessageContaining("none of the refused examples was dead-lettered");
      assertThat(deadLetters).isEmpty();
    }
  }

  /** Runs the loop over these chunks, with a checkpoint due behind each. */
  private LoopEnd run(Learner learner, Chunk... chunks) throws Exception {
    return run(learner, NOTHING, chunks);
  }

  /**
   * The same.
   *
   * @param onCommit told of each commit; where it does nothing, the loop ends behind the last chunk
   */
  private LoopEnd run(Learner learner, Consumer<TrainingLoop> onCommit, Chunk... chunks)
      throws Exception {
    ChunkQueue queue =
        new ChunkQueue(
            41,
            Duration.ZERO,
            chunks.length,
            InputPositions.START,
            new JournalReplayer(List.of()),
            System::nanoTime);
    TrainingLoop[] loop = new TrainingLoop[1];
    OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
    InputProgress input = InputProgress.COMPLETE;
    RunState run = new RunState(OwnerState.START);
    Checkpointer checkpointer =
        new Checkpointer(
            store,
            new MemoryBroker().claim(0),
            Duration.ZERO,
            outgoing,
            run,
            new CommitState(CommitState.Mark.of(learner), Optional.empty(), Optional.empty()),
            writer,
            outbox -> onCommit.accept(loop[0]),
            System::nanoTime);
    EvaluationScheduler examiner = examiner(learner, outgoing);
    StatusBoard board = new StatusBoard("test", "tiny", "cpu");
    CommitSchedule commits = new CommitSchedule(learner, outgoing, run, checkpointer);
    TrainingReport report =
        new TrainingReport(
            "test",
            learner,
            examiner::currentVersion,
            Optional::empty,
            checkpointer::state,
            input,
            board,
            List.of(
                record -> {
                  if (record instanceof MetricRecord.ChunkClosed closed
                      && closed.chunk() == chunks.length
                      && onCommit == NOTHING) {
                    loop[0].stop();
                  }
                }),
            RunClock.SYSTEM);
    loop[0] =
        new TrainingLoop(
            new TrainingRun(
                learner,
                run,
                new RunPorts(
                    queue,
                    new WriteAheadLog(new MemoryJournal()),
                    RunIdentity.NONE,
                    commits,
                    examiner,
                    Steer.nowhere(learner, examiner, run, commits, checkpointer, outgoing),
                    report,
                    RunClock.SYSTEM)),
            queue);
    for (Chunk chunk : chunks) {
      for (IntakeItem arrival : chunk.arrivals()) {
        queue.add(arrival);
      }
    }
    try {
      return loop[0].run();
    } finally {
      writer.shutdown();
      assertThat(writer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private EvaluationScheduler examiner(Learner learner, OutboxBuffer outgoing) {
    HeldOutEvaluator evaluator = new HeldOutEvaluator(Labels.TASK, 8, () -> LearnerBuilder.LABELS);
    PublicationFacts facts =
        new PublicationFacts("test", "tiny", new byte[0], 64, Map.of(), Map.of());
    Publisher publisher =
        new Publisher(
            new ListedVersions(),
            new VersionCheckpoints(new NoCheckpoints(), new ListedVersions(), 2),
            ArtifactUploader.none(),
            1,
            facts,
            evaluator,
            Device.cpu(),
            writer,
            RunClock.SYSTEM);
    PipelineConfig config = PipelineConfigs.of(Map.of());
    return new EvaluationScheduler(
        "test",
        config.evaluation(),
        learner,
        new PromotionGate(
            PipelineConfigs.of(Map.of()).publication(),
            evaluator,
            InterimLooks.NONE,
            RunClock.SYSTEM),
        publisher,
        outgoing,
        Optional.empty(),
        Optional.empty(),
        RunIdentity.NONE,
        RunClock.SYSTEM);
  }

  /** A chunk whose examples all have a loss that is not finite. */
  private static Chunk refused(int number, int examples) {
    Chunk good = LearnerTest.chunk(number);
    List<IntakeItem> arrivals = new ArrayList<>();
    for (IntakeItem.ToTrain arrival : good.of(IntakeItem.ToTrain.class).subList(0, examples)) {
      TokenizedExample example = arrival.example();
      arrivals.add(
          new IntakeItem.ToTrain(
              arrival.record(),
              new TokenizedExample(
                  example.id(),
                  example.text(),
                  example.target(),
                  Double.NaN,
                  example.eventTime(),
                  example.position())));
    }
    arrivals.addAll(good.of(IntakeItem.ToScore.class));
    return new Chunk(arrivals, good.end(), good.closedBy());
  }

  private Learner fresh() {
    return learner().build();
  }

  private LearnerBuilder learner() {
    return new LearnerBuilder().maxRejected(MAX_REJECTED).refuse(deadLetters::add);
  }

  private long savedPositions() throws IOException {
    Checkpoint checkpoint = store.newest().orElseThrow().checkpoint();
    return CheckpointParts.progress(checkpoint).positions().of("examples", 0).orElseThrow();
  }

  private static long offset(DeadLetter letter) {
    return letter.record().position().offset();
  }
}
