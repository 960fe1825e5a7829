package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.RecordPosition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.Looks;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.RunIdentity;
import io.millrace.ledger.SentLetters;
import io.millrace.score.Evaluation;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.version.DataSince;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What the service does with each chunk, on examples from memory: train, replay, evaluate, publish
 * what is better. Time does not pass for it: evaluations follow each {@code
 * millrace.evaluation.every-examples}, none for the time they take, and idle time, where {@code
 * millrace.replay.passes} wants it, is always enough. Owns the weights until closed. One thread.
 */
public final class ContinuousRun implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ContinuousRun.class);
  private static final long TERM = 1;

  private final PipelineConfig config;
  private final LabelSet labels;
  private final LearnerFactory learners;
  private final HeldOutEvaluator evaluator;
  private final VersionStore versions;
  private final RestorePoints restorePoints;
  private final Publisher publisher;
  private final Outgoing outgoing = new Outgoing(0, SentLetters.NONE);
  private Learner learner;
  private Examiner examiner;
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
  ContinuousRun(PipelineConfig config, StartingModel model, LabelSet labels, Path folder)
      throws IOException {
    this.config = config;
    this.labels = labels;
    this.learners = new LearnerFactory(config, model);
    this.evaluator = new HeldOutEvaluator(config.evaluation().batchExamples(), () -> labels);
    this.versions = new FolderVersionStore(folder.resolve("versions"));
    this.restorePoints =
        new RestorePoints(
            FolderCheckpointStore.ofAll(folder.resolve("restore-points")),
            versions,
            config.checkpoint().keepVersions());
    this.publisher =
        new Publisher(
            versions,
            restorePoints,
            Uploads.none(),
            TERM,
            PublicationFacts.of(config, model),
            evaluator,
            model.device(),
            Runnable::run);
    this.learner = learners.learner(labels, Optional.empty(), outgoing::add);
    this.examiner = examiner(Optional.empty());
  }

  private Examiner examiner(Optional<Champion> champion) {
    return new Examiner(
        config.model().name(),
        config.evaluation(),
        learner,
        new Judge(config.publication(), evaluator, Looks.NONE),
        publisher,
        outgoing,
        champion,
        Optional.empty(),
        RunIdentity.NONE,
        () -> 0);
  }

  /**
   * Takes one chunk.
   *
   * @param examples to train on; with the held-out ones, records of one chunk
   * @param heldOut to score only
   * @param ahead held-out examples still to come; nothing is learned or decided from them, they
   *     judge a version that is published behind this chunk
   * @return what became of it, where a version was published
   */
  public Optional<Promotion> train(
      List<TokenizedExample> examples, List<HeldOutExample> heldOut, List<HeldOutExample> ahead)
      throws IOException {
    long trainedBefore = learner.progress().examplesTrained();
    long replayedBefore = learner.progress().replay().examples();
    learner.train(chunk(examples, heldOut), step -> {});
    Optional<Work> idle = learner.idleWork();
    while (idle.isPresent()) {
      learner.replayIdle((Work.IdleReplay) idle.get(), step -> {});
      idle = learner.idleWork();
    }
    trained += learner.progress().examplesTrained() - trainedBefore;
    replayed += learner.progress().replay().examples() - replayedBefore;
    Optional<Champion> predecessor = examiner.champion();
    Optional<MetricRecord.Evaluated> made = examiner.examineIfDue();
    if (made.isEmpty()) {
      return Optional.empty();
    }
    if (made.get().published().isPresent()) {
      published++;
      Optional<Evaluation> before = predecessor.map(version -> version.evaluate(ahead));
      examiner.finish();
      return Optional.of(promotion(before, ahead));
    }
    if (made.get().outcome() == EvaluationOutcome.ROLL_BACK) {
      rollBack(examiner.predecessor().orElseThrow(), made.get().decision());
    } else {
      held++;
    }
    return Optional.empty();
  }

  /** As the service does: to what training had left behind then; what came since is skipped. */
  private void rollBack(long number, String why) throws IOException {
    Optional<ModelVersion> version =
        versions.list().stream().filter(one -> one.version() == number).findFirst();
    Optional<Checkpoint> unit =
        version.isEmpty() ? Optional.empty() : restorePoints.of(version.get());
    if (unit.isEmpty()) {
      LOG.errorf("%s; it cannot be done: version %d is no longer kept", why, number);
      examiner.dropPredecessor(); // else no candidate would be looked at any more
      return;
    }
    Checkpoint back =
        CheckpointParts.rolledBack(
            unit.get(),
            learner,
            DataSince.SKIP,
            Outbox.EMPTY,
            outgoing.lastVersion(),
            Standing.START);
    driftReactions += learner.driftReactions();
    List<RecordPosition> letGo = CheckpointParts.letGo(unit.get(), learner);
    close();
    learner = learners.learner(labels, Optional.of(back), outgoing::add);
    learner.forget(letGo);
    examiner = examiner(Optional.of(publisher.load(version.get())));
    rolledBack++;
  }

  private Promotion promotion(Optional<Evaluation> before, List<HeldOutExample> ahead)
      throws IOException {
    Outbox sent = outgoing.take();
    if (sent.versions().isEmpty()) {
      throw new PipelineException("a version could not be written, see the log");
    }
    ModelVersion version = sent.versions().get(0);
    versions.markAnnounced(version);
    versions.prune(
        new Retention(config.publication().keepVersions(), Optional.empty(), Duration.ZERO),
        new HashSet<>(restorePoints.versions()));
    return new Promotion(
        version.version(), trained, before, examiner.champion().orElseThrow().evaluate(ahead));
  }

  private Chunk chunk(List<TokenizedExample> examples, List<HeldOutExample> heldOut) {
    List<Arrival> arrivals = new ArrayList<>();
    heldOut.forEach(
        example -> arrivals.add(new Arrival.ToScore(record(example.position()), example)));
    examples.forEach(
        example -> arrivals.add(new Arrival.ToTrain(record(example.position()), example)));
    for (Arrival arrival : arrivals) {
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

  /** Chunks behind which a drift signal changed how training goes on. */
  public int driftReactions() {
    return driftReactions + learner.driftReactions();
  }

  @Override
  public void close() {
    examiner.close();
    learner.close();
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
