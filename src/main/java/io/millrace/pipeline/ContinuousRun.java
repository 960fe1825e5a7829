package io.millrace.pipeline;

import io.millrace.evaluation.Evaluation;
import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.evaluation.HeldOutExample;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.RecordPosition;
import io.millrace.publication.FolderVersionStore;
import io.millrace.publication.Looks;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionStore;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the service does with each chunk, on examples from memory: train, replay, evaluate, publish
 * what is better. Time does not pass for it: evaluations follow each {@code
 * millrace.evaluation.every-examples}, and idle time, where {@code millrace.replay.passes} wants
 * it, is always enough. A roll-back that the gate asks for is counted as a hold. Owns the weights
 * until closed. One thread.
 */
public final class ContinuousRun implements AutoCloseable {

  private static final long TERM = 1;

  private final Learner learner;
  private final Examiner examiner;
  private final Outgoing outgoing;
  private final VersionStore versions;
  private InputPositions positions = InputPositions.START;
  private int published;
  private int held;

  private ContinuousRun(
      Learner learner, Examiner examiner, Outgoing outgoing, VersionStore versions) {
    this.learner = learner;
    this.examiner = examiner;
    this.outgoing = outgoing;
    this.versions = versions;
  }

  static ContinuousRun of(
      PipelineConfig config, StartingModel model, LabelSet labels, Path versionsFolder)
      throws IOException {
    VersionStore versions = new FolderVersionStore(versionsFolder);
    Outgoing outgoing = new Outgoing(versions.lastNumber(), InputPositions.START);
    Learner learner =
        new LearnerFactory(config, model).learner(labels, Optional.empty(), outgoing::add);
    HeldOutEvaluator evaluator = new HeldOutEvaluator(config.evaluation().batchExamples(), labels);
    Publisher publisher =
        new Publisher(
            versions,
            RestorePoints.NONE,
            TERM,
            PublicationFacts.of(config, model),
            evaluator,
            model.device(),
            Runnable::run);
    Examiner examiner =
        new Examiner(
            config.model().name(),
            config.evaluation(),
            learner,
            new Judge(config.publication(), evaluator, Looks.NONE),
            publisher,
            outgoing,
            Optional.empty(),
            Optional.empty(),
            () -> 0);
    return new ContinuousRun(learner, examiner, outgoing, versions);
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
    learner.train(chunk(examples, heldOut), step -> {});
    Optional<Work> idle = learner.idleWork();
    while (idle.isPresent()) {
      learner.replayIdle((Work.IdleReplay) idle.get(), step -> {});
      idle = learner.idleWork();
    }
    Optional<Champion> predecessor = examiner.champion();
    Optional<MetricRecord.Evaluated> made = examiner.examineIfDue();
    if (made.isEmpty()) {
      return Optional.empty();
    }
    if (made.get().published().isEmpty()) {
      held++;
      return Optional.empty();
    }
    published++;
    Optional<Evaluation> before = predecessor.map(version -> version.evaluate(ahead));
    examiner.finish(); // closes the predecessor
    return Optional.of(promotion(before, ahead));
  }

  private Promotion promotion(Optional<Evaluation> before, List<HeldOutExample> ahead)
      throws IOException {
    Outbox sent = outgoing.take();
    if (sent.versions().isEmpty()) {
      throw new PipelineException("a version could not be written, see the log");
    }
    ModelVersion version = sent.versions().get(0);
    versions.markAnnounced(version);
    versions.prune(1);
    return new Promotion(
        version.version(),
        learner.progress().examplesTrained(),
        before,
        examiner.champion().orElseThrow().evaluate(ahead));
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
    return learner.progress().examplesTrained();
  }

  /** Examples trained again so far, each time counted. */
  public long examplesReplayed() {
    return learner.progress().replay().examples();
  }

  /** Versions published so far. */
  public int published() {
    return published;
  }

  /** Candidates that the gate held back so far. */
  public int held() {
    return held;
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
