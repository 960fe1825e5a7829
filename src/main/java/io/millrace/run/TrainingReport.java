package io.millrace.run;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.CommitState;
import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import io.millrace.fault.FileFaults;
import io.millrace.heldout.RecentMean;
import io.millrace.intake.Chunk;
import io.millrace.intake.InputProgress;
import io.millrace.intake.IntakeItem;
import io.millrace.learner.Learner;
import io.millrace.learner.StepReport;
import io.millrace.problem.Outlook;
import io.millrace.report.LoopClock;
import io.millrace.report.StatusBoard;
import io.millrace.report.Throughput;
import io.millrace.report.TrainerState;
import io.millrace.score.Evaluation;
import io.millrace.step.StepOutcome;
import io.millrace.time.RunClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Tells everybody what the loop does: sinks, log and status. Training thread only. */
public final class TrainingReport implements RunReport {

  /** Steps that the loss of status and meter is the mean of. */
  static final int LOSS_WINDOW = 50;

  private final String model;
  private final Learner learner;
  private final Supplier<Optional<Long>> currentVersion;
  private final Supplier<Optional<String>> publicationProblem;
  private final Supplier<CommitState> commits;
  private final InputProgress input;
  private final StatusBoard board;
  private final List<MetricsSink> sinks;
  private final RunClock time;
  private final LoopClock clock;
  private final Throughput throughput;

  private double waitSeconds;
  private final RecentMean loss = new RecentMean(LOSS_WINDOW);
  private Optional<Evaluation> lastEvaluation = Optional.empty();

  /**
   * @param currentVersion the last version announced
   * @param publicationProblem why one could not be sent to others
   * @param commits how far they have come
   */
  public TrainingReport(
      String model,
      Learner learner,
      Supplier<Optional<Long>> currentVersion,
      Supplier<Optional<String>> publicationProblem,
      Supplier<CommitState> commits,
      InputProgress input,
      StatusBoard board,
      List<MetricsSink> sinks,
      RunClock time) {
    this.model = model;
    this.learner = learner;
    this.currentVersion = currentVersion;
    this.publicationProblem = publicationProblem;
    this.commits = commits;
    this.input = input;
    this.board = board;
    this.sinks = List.copyOf(sinks);
    this.time = time;
    this.clock = new LoopClock(time::nanos);
    this.throughput = new Throughput(time::nanos);
    update(TrainerState.IDLE);
  }

  @Override
  public void waited() {
    waitSeconds += clock.waited();
  }

  @Override
  public void worked(boolean onChunk) {
    board.problems().resolve(StatusBoard.JOURNAL);
    clock.worked();
    update(onChunk ? TrainerState.TRAINING : TrainerState.IDLE);
  }

  @Override
  public void waitedForRoom(Optional<String> problem) {
    if (problem.isPresent() && commits.get().problem().isEmpty()) {
      FileFaults.of(problem.get(), "the journal").report(board.problems(), StatusBoard.JOURNAL);
    } else {
      board.problems().resolve(StatusBoard.JOURNAL);
    }
    waitSeconds += clock.waited();
    update(problem.isPresent() ? TrainerState.WAITING_FOR_DISK : TrainerState.WAITING_FOR_COMMIT);
  }

  @Override
  public void paused() {
    waitSeconds += clock.waited();
    update(TrainerState.PAUSED);
  }

  @Override
  public void stepDone(StepReport trained) {
    clock.stepped(trained.seconds());
    StepOutcome outcome = trained.outcome();
    double gradNorm = Double.NaN;
    boolean gradNormSpike = false;
    double learningRate = Double.NaN;
    double stepLoss = Double.NaN;
    List<Integer> microBatches = List.of();
    if (outcome instanceof StepOutcome.Applied applied) {
      gradNorm = applied.gradNorm();
      gradNormSpike = applied.gradNormSpike();
      learningRate = applied.learningRate();
      stepLoss = applied.loss();
      microBatches = applied.microBatches();
      loss.add(stepLoss, trained.examples() - trained.refused());
      board.recovered();
    }
    throughput.add(trained.examples() - trained.replayed() - trained.refused(), trained.tokens());
    clock.worked();
    update(TrainerState.TRAINING);
    send(
        new MetricRecord.StepDone(
            model,
            time.now(),
            learner.tuner().steps(),
            learner.progress().examplesTrained(),
            trained.examples(),
            trained.tokens(),
            trained.paddedTokens(),
            microBatches,
            outcome.outOfMemory(),
            stepLoss,
            gradNorm,
            gradNormSpike,
            learningRate,
            learner.prequential().loss(),
            learner.prequential().accuracy(),
            learner.prequential().accuracyInterval(),
            learner.prequential().constantAccuracy(),
            trained.seconds(),
            waitSeconds,
            trained.refused(),
            lag(),
            new MetricRecord.Replayed(
                trained.idle(),
                trained.replayed(),
                trained.dropped(),
                learner.progress().replay().examples())));
    waitSeconds = 0;
    trained
        .drift()
        .forEach(
            signal ->
                send(new MetricRecord.Drifted(model, time.now(), learner.tuner().steps(), signal)));
  }

  @Override
  public void chunkDone(Chunk chunk) {
    send(
        new MetricRecord.ChunkClosed(
            model,
            time.now(),
            learner.tuner().steps(),
            learner.progress().chunks(),
            chunk.of(IntakeItem.ToTrain.class).size(),
            chunk.of(IntakeItem.ToScore.class).size(),
            chunk.closedBy().toString(),
            chunk.end().next(),
            learner.progress().replay().idleSteps()));
  }

  @Override
  public void evaluated(MetricRecord.Evaluated evaluated) {
    lastEvaluation = Optional.of(evaluated.candidate().brief());
    send(evaluated);
  }

  private Optional<Long> lag() {
    OptionalLong lag = input.lag(learner.progress().positions());
    return lag.isPresent() ? Optional.of(lag.getAsLong()) : Optional.empty();
  }

  @Override
  public void journaled(Duration took) {
    board.times().journaled(took);
  }

  private void update(TrainerState state) {
    commits
        .get()
        .problem()
        .map(why -> FileFaults.of(why, "the checkpoint"))
        .ifPresentOrElse(
            fault -> fault.report(board.problems(), StatusBoard.CHECKPOINT),
            () -> board.problems().resolve(StatusBoard.CHECKPOINT));
    publicationProblem
        .get()
        .ifPresentOrElse(
            why ->
                board
                    .problems()
                    .report(
                        StatusBoard.PUBLICATION,
                        Outlook.RETRIES,
                        why,
                        "Where the cause names no other: see whether the artifact store is up and"
                            + " takes the service's credentials."),
            () -> board.problems().resolve(StatusBoard.PUBLICATION));
    board.update(
        state,
        learner,
        throughput,
        clock,
        loss.mean(),
        lastEvaluation,
        currentVersion.get(),
        publicationProblem.get(),
        lag(),
        commits.get().last().map(CheckpointId::toString));
  }

  /** Sends a record that others made. */
  void send(MetricRecord record) {
    if (record instanceof MetricRecord.Evaluated evaluated) {
      clock.evaluated(evaluated.seconds());
    }
    sinks.forEach(sink -> sink.accept(record));
  }
}
