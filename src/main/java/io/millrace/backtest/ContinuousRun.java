package io.millrace.backtest;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.RunJournal;
import io.millrace.commit.RunState;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.control.Commands;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.OutputSpace;
import io.millrace.example.RecordPosition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.Chunk;
import io.millrace.intake.InputProgress;
import io.millrace.intake.IntakeItem;
import io.millrace.intake.Work;
import io.millrace.intake.WorkSource;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerFactory;
import io.millrace.learner.Progress;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StartingModel;
import io.millrace.promotion.Champion;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.Freshness;
import io.millrace.promotion.PromotionGate;
import io.millrace.publishing.ArtifactUploader;
import io.millrace.publishing.PublicationFacts;
import io.millrace.publishing.Publisher;
import io.millrace.run.CommandAnswers;
import io.millrace.run.CommandHandler;
import io.millrace.run.LoopEnd;
import io.millrace.run.MemoryCommit;
import io.millrace.run.RollbackExecutor;
import io.millrace.run.RunControl;
import io.millrace.run.RunPorts;
import io.millrace.run.RunReport;
import io.millrace.run.TrainingRun;
import io.millrace.run.Turn;
import io.millrace.score.Evaluation;
import io.millrace.time.CountedTime;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * What the service does with each chunk, on examples from memory: train, replay, evaluate, publish
 * what is better. Time does not pass for it: evaluations follow each {@code
 * millrace.evaluation.every-examples}, none for the time they take, and idle time, where {@code
 * millrace.replay.passes} wants it, is always enough. Owns the weights until closed. One thread.
 */
public final class ContinuousRun implements AutoCloseable {

  private static final long TERM = 1;

  private final RunClock clock = new CountedTime();
  private final PipelineConfig config;
  private final OutputSpace labels;
  private final LearnerFactory learners;
  private final HeldOutEvaluator evaluator;
  private final VersionStore versions;
  private final VersionCheckpoints restorePoints;
  private final Publisher publisher;
  private final OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
  private final Chunks chunks = new Chunks();
  private final Evaluated evaluated = new Evaluated();
  private Learner learner;
  private EvaluationScheduler examiner;
  private MemoryCommit commit;
  private TrainingRun run;
  private InputPositions positions = InputPositions.START;
  private long trained;
  private long replayed;
  private int published;
  private int held;
  private int rolledBack;
  private int driftReactions;

  /**
   * @param folder an empty one, for versions and what a roll-back goes on from
   */
  ContinuousRun(PipelineConfig config, StartingModel model, OutputSpace labels, Path folder)
      throws IOException {
    this.config = config;
    this.labels = labels;
    this.learners = new LearnerFactory(config, model, clock);
    this.evaluator =
        new HeldOutEvaluator(config.task(), config.evaluation().batchExamples(), () -> labels);
    this.versions = new FolderVersionStore(folder.resolve("versions"));
    this.restorePoints =
        new VersionCheckpoints(
            FolderCheckpointStore.ofAll(folder.resolve("restore-points")),
            versions,
            config.checkpoint().keepVersions());
    this.publisher =
        new Publisher(
            versions,
            restorePoints,
            ArtifactUploader.none(),
            TERM,
            PublicationFacts.of(config, model),
            evaluator,
            model.device(),
            Runnable::run,
            clock);
    begin(Optional.empty(), OwnerState.START, Optional.empty());
  }

  /**
   * Begins, or goes on from where the last run ended.
   *
   * @param champion the current version; closed with the run
   */
  private void begin(Optional<Snapshot> from, OwnerState standing, Optional<Champion> champion)
      throws IOException {
    learner = learners.learner(labels, from, outgoing::add);
    learner.forget(standing.letGo());
    PromotionGate judge =
        new PromotionGate(
            config.publication(),
            evaluator,
            standing.looks(),
            new Freshness(config.publication().freshness(), standing.rolledBack(), clock::now));
    examiner =
        new EvaluationScheduler(
            config.model().name(),
            config.evaluation(),
            learner,
            judge,
            publisher,
            outgoing,
            champion,
            Optional.empty(),
            RunIdentity.NONE,
            clock);
    RunState state = new RunState(standing);
    commit = new MemoryCommit(outgoing, state, CommitState.Mark.of(learner), this::announced);
    CommitSchedule commits = new CommitSchedule(learner, outgoing, state, commit);
    run =
        new TrainingRun(
            learner,
            state,
            new RunPorts(
                chunks,
                RunJournal.NONE,
                RunIdentity.NONE,
                commits,
                examiner,
                control(judge, state, commits),
                evaluated,
                clock));
  }

  /** Obeys the gate; no commands come. */
  private RunControl control(PromotionGate judge, RunState state, CommitSchedule commits) {
    return new CommandHandler(
        new Commands(),
        learner,
        examiner,
        judge,
        state,
        commits,
        outgoing,
        new RollbackExecutor(
            config.model().name(),
            versions,
            restorePoints,
            learner,
            examiner,
            state,
            commits,
            commit,
            outgoing,
            InputProgress.COMPLETE,
            clock),
        new CommandAnswers(
            config.model().name(),
            () -> learner.tuner().steps(),
            outgoing,
            new ArrayDeque<>(),
            record -> {},
            clock),
        clock);
  }

  /**
   * Takes one chunk.
   *
   * @param examples to train on; with the held-out ones, records of one chunk
   * @param heldOut to score only
   * @param ahead held-out examples still to come; nothing is learned or decided from them, they
   *     judge a version that is published after this chunk
   * @return what became of it, where a version was published
   * @throws PipelineException where training breaks, or a version cannot be written
   */
  public Optional<Promotion> train(
      List<TokenizedExample> examples, List<HeldOutExample> heldOut, List<HeldOutExample> ahead)
      throws IOException {
    Progress before = learner.progress();
    Optional<Champion> predecessor = examiner.champion();
    chunks.add(chunk(examples, heldOut));
    evaluated.last = Optional.empty();
    Turn turn = turns();
    trained += learner.progress().examplesTrained() - before.examplesTrained();
    replayed += learner.progress().replay().examples() - before.replay().examples();
    if (turn instanceof Turn.Ended ended) {
      goOn(ended.end());
      return Optional.empty();
    }
    return evaluated.last.isPresent()
        ? outcome(evaluated.last.get(), predecessor, ahead)
        : Optional.empty();
  }

  /** Until nothing is left of the chunk, and of the replay that is owed after it. */
  private Turn turns() {
    try {
      Turn turn = run.turn();
      while (turn instanceof Turn.Worked) {
        turn = run.turn();
      }
      return turn;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PipelineException("training was interrupted", e);
    }
  }

  private Optional<Promotion> outcome(
      MetricRecord.Evaluated made, Optional<Champion> predecessor, List<HeldOutExample> ahead) {
    if (made.published().isEmpty()) {
      held += made.outcome() == EvaluationOutcome.ROLL_BACK ? 0 : 1;
      return Optional.empty();
    }
    published++;
    Champion successor =
        examiner
            .champion()
            .filter(now -> made.published().get() == now.version().version())
            .orElseThrow(
                () -> new PipelineException("a version could not be written, see the log"));
    return Optional.of(
        new Promotion(
            made.published().get(),
            trained,
            predecessor.map(version -> version.evaluate(ahead)),
            successor.evaluate(ahead)));
  }

  /** As the service's next term does. */
  private void goOn(LoopEnd end) throws IOException {
    if (!(end instanceof LoopEnd.RolledBack back)) {
      throw new PipelineException(end.reason());
    }
    rolledBack++;
    driftReactions += learner.driftReactions();
    Checkpoint unit = commit.rolledBackTo().orElseThrow();
    close();
    begin(
        Optional.of(CheckpointParts.snapshot(unit)),
        CommitParts.standing(unit),
        Optional.of(publisher.load(versions.find(back.version()).orElseThrow())));
  }

  private void announced(Outbox outbox) {
    try {
      for (ModelVersion version : outbox.versions()) {
        versions.markAnnounced(version);
      }
      if (!outbox.versions().isEmpty()) {
        versions.prune(
            new Retention(config.publication().keepVersions(), Optional.empty(), Duration.ZERO),
            new HashSet<>(restorePoints.versions()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Chunk chunk(List<TokenizedExample> examples, List<HeldOutExample> heldOut) {
    List<IntakeItem> arrivals = new ArrayList<>();
    heldOut.forEach(
        example -> arrivals.add(new IntakeItem.ToScore(record(example.position()), example)));
    examples.forEach(
        example -> arrivals.add(new IntakeItem.ToTrain(record(example.position()), example)));
    for (IntakeItem arrival : arrivals) {
      positions = positions.after(arrival.record().position());
    }
    return new Chunk(arrivals, positions, Chunk.CloseReason.FULL);
  }

  private static InboundRecord record(RecordPosition position) {
    return new InboundRecord(position, null, null, List.of(), 0);
  }

  /**
   * Scores texts by the weights as they are, without dropout.
   *
   * @return {@code [B][L]}
   */
  public float[][] logits(TokenMatrix tokens) {
    return learner.tuner().logits(tokens);
  }

  /** Copies what training has left behind. */
  public Snapshot snapshot() {
    return learner.snapshot();
  }

  /** New examples trained so far. */
  public long examplesTrained() {
    return trained;
  }

  /** Examples trained again so far, each time counted. */
  public long examplesReplayed() {
    return replayed;
  }

  /** Versions published so far. */
  public int published() {
    return published;
  }

  /** Of these, how many were taken back so far because the one before was better after all. */
  public int rolledBack() {
    return rolledBack;
  }

  /** Candidates that the gate held back so far. */
  public int held() {
    return held;
  }

  /** Chunks after which a drift signal changed how training goes on. */
  public int driftReactions() {
    return driftReactions + learner.driftReactions();
  }

  @Override
  public void close() {
    run.close();
  }

  /** The chunk at hand. */
  private static final class Chunks implements WorkSource {

    private final Queue<Work> waiting = new ArrayDeque<>();

    void add(Chunk chunk) {
      waiting.add(chunk);
    }

    @Override
    public Optional<Work> poll() {
      return Optional.ofNullable(waiting.poll());
    }

    @Override
    public boolean hasTimeForReplay() {
      return true;
    }
  }

  /** The last evaluation. */
  private static final class Evaluated implements RunReport {

    private Optional<MetricRecord.Evaluated> last = Optional.empty();

    @Override
    public void evaluated(MetricRecord.Evaluated made) {
      last = Optional.of(made);
    }
  }

  /**
   * A version that took the place of another.
   *
   * @param version its number
   * @param examplesTrained new examples trained before it
   * @param predecessor what the version before it scores on the held-out examples that follow;
   *     empty for the first
   * @param successor what it scores on them itself
   */
  public record Promotion(
      long version, long examplesTrained, Optional<Evaluation> predecessor, Evaluation successor) {}
}
