package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.millrace.event.MetricRecord;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.gate.InterimLooks;
import io.millrace.heldout.EvaluationSettings;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.ChunkQueue;
import io.millrace.intake.InputProgress;
import io.millrace.intake.IntakeItem;
import io.millrace.intake.JournalReplayer;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.PromotionGate;
import io.millrace.publishing.ArtifactUploader;
import io.millrace.publishing.PublicationFacts;
import io.millrace.publishing.Publisher;
import io.millrace.report.StatusBoard;
import io.millrace.report.TrainerState;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.time.RunClock;
import io.millrace.version.FolderVersionStore;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {

  @TempDir private Path folder;

  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private final ChunkQueue queue =
      new ChunkQueue(
          Chunks.SIZE,
          Duration.ofHours(1),
          1,
          InputPositions.START,
          new JournalReplayer(List.of()),
          System::nanoTime);
  private final List<String> events = new ArrayList<>();
  private final StatusBoard board = new StatusBoard("tiny", "test:tiny", "cpu");
  private final MemoryJournal journal = new MemoryJournal();
  private TrainingLoop loop;

  @AfterEach
  void stop() {
    background.shutdown();
  }

  @Test
  void idleTimeIsUsedForReplayUntilAChunkWaitsAndIsEvaluatedAndSavedToo() throws Exception {
    // Given a chunk in the queue, another that arrives during the first step of idle time, and a
    // stop during the third
    FolderCheckpointStore store = new FolderCheckpointStore(folder.resolve("checkpoints"), 2);
    loop = loop(store);
    arrive(0);

    // When
    assertThat(loop.run()).isEqualTo(new LoopEnd.Stopped(/* saved= */ true));

    // Then the second chunk went before further steps of idle time, and its record counts one
    assertThat(events)
        .containsExactly(
            "chunk's steps",
            "chunk 1 behind 0 idle steps",
            "evaluation",
            "idle step",
            "evaluation",
            "chunk's steps",
            "chunk 2 behind 1 idle steps",
            "evaluation",
            "idle step",
            "evaluation",
            "idle step",
            "evaluation");
    Checkpoint last = store.newest().orElseThrow().checkpoint();
    Progress saved = CheckpointParts.progress(last);
    assertThat(saved.replay().idleSteps()).isEqualTo(3);
    assertThat(saved.examplesTrained()).isEqualTo(2 * Chunks.SIZE);
  }

  @Test
  void withoutRoomForTheJournalNoStepBeginsAndThenTheSameChunkIsTrained() throws Exception {
    // Given
    journal.full(true);
    loop = loop(new FolderCheckpointStore(folder.resolve("checkpoints"), 2));
    arrive(0);
    CompletableFuture<LoopEnd> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return loop.run();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    await().until(() -> board.status().state().equals(TrainerState.WAITING_FOR_DISK));
    assertThat(events).isEmpty();
    assertThat(journal.entries()).isEmpty();

    // When
    journal.full(false);

    // Then
    ended.get(1, TimeUnit.MINUTES);
    assertThat(events).startsWith("chunk's steps", "chunk 1 behind 0 idle steps");
    assertThat(journal.entries().get(0))
        .isEqualTo(
            new JournalEntry.Chunk(
                JournalPosition.START,
                LearnerBuilder.LABELS.names(),
                List.of(
                    new JournalEntry.Run(
                        new Partition("examples", 0), 0, Chunks.SIZE, Chunks.SIZE))));
    assertThat(journal.entries().get(1)).isInstanceOf(JournalEntry.Idle.class);
  }

  private void arrive(int chunk) {
    try {
      for (IntakeItem arrival : Chunks.chunk(chunk).arrivals()) {
        queue.add(arrival);
      }
    } catch (InterruptedException e) {
      throw new CancellationException();
    }
  }

  private void observe(MetricRecord record) {
    if (record instanceof MetricRecord.StepDone step && step.replay().idle()) {
      assertThat(step.batchExamples()).isEqualTo(step.replay().examples());
      events.add("idle step");
      long idle = events.stream().filter("idle step"::equals).count();
      if (idle == 1) {
        arrive(1);
      } else if (idle == 3) {
        loop.stop();
      }
    } else if (record instanceof MetricRecord.ChunkClosed chunk) {
      events.add("chunk %d behind %d idle steps".formatted(chunk.chunk(), chunk.idleSteps()));
    } else if (record instanceof MetricRecord.Evaluated) {
      events.add("evaluation");
    } else if (events.isEmpty() || !events.get(events.size() - 1).equals("chunk's steps")) {
      events.add("chunk's steps");
    }
  }

  private TrainingLoop loop(FolderCheckpointStore store) throws IOException {
    Learner learner =
        new LearnerBuilder().replay(Map.of("size", "200", "passes", "3")).prequential(100).build();
    learner.heldOut().add(Examples.heldOut(0, 4, 1));
    HeldOutEvaluator evaluator = new HeldOutEvaluator(Labels.TASK, 16, () -> LearnerBuilder.LABELS);
    OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
    EvaluationScheduler examiner =
        new EvaluationScheduler(
            "tiny",
            evaluatedAtOnce(),
            learner,
            new PromotionGate(
                PipelineConfigs.of(Map.of()).publication(),
                evaluator,
                InterimLooks.NONE,
                RunClock.SYSTEM),
            new Publisher(
                new FolderVersionStore(folder.resolve("versions")),
                new VersionCheckpoints(new NoCheckpoints(), new ListedVersions(), 2),
                ArtifactUploader.none(),
                1,
                new PublicationFacts("tiny", "test:tiny", new byte[0], 32, Map.of(), Map.of()),
                evaluator,
                Device.cpu(),
                background,
                RunClock.SYSTEM),
            outgoing,
            Optional.empty(),
            Optional.empty(),
            RunIdentity.NONE,
            RunClock.SYSTEM);
    RunState run = new RunState(OwnerState.START);
    Checkpointer checkpointer =
        new Checkpointer(
            store,
            new MemoryBroker().claim(0),
            Duration.ofHours(1),
            outgoing,
            run,
            new CommitState(CommitState.Mark.of(learner), Optional.empty(), Optional.empty()),
            background,
            outbox -> {},
            System::nanoTime);
    CommitSchedule commits = new CommitSchedule(learner, outgoing, run, checkpointer);
    TrainingReport report =
        new TrainingReport(
            "tiny",
            learner,
            examiner::currentVersion,
            Optional::empty,
            checkpointer::state,
            InputProgress.COMPLETE,
            board,
            List.of(this::observe),
            RunClock.SYSTEM);
    return new TrainingLoop(
        new TrainingRun(
            learner,
            run,
            new RunPorts(
                queue,
                new WriteAheadLog(journal),
                RunIdentity.NONE,
                commits,
                examiner,
                Steer.nowhere(learner, examiner, run, commits, checkpointer, outgoing),
                report,
                RunClock.SYSTEM)),
        queue);
  }

  /** Whatever was trained is evaluated before anything else is. */
  private static EvaluationSettings evaluatedAtOnce() {
    return new SmallRyeConfigBuilder()
        .withMapping(EvaluationSettings.class)
        .withConverter(Duration.class, 100, new DurationConverter())
        .withDefaultValue("millrace.evaluation.every", "0s")
        .withDefaultValue("millrace.evaluation.max-share", "1")
        .build()
        .getConfigMapping(EvaluationSettings.class);
  }
}
