package io.millrace.pipeline;

import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.evaluation.Scored;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.training.BatchScorer;
import io.millrace.training.FineTuner;
import io.millrace.training.Refusal;
import io.millrace.training.StepOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Everything that training changes: weights, held-out window, prequential score and progress. It
 * turns a chunk into steps. Owns the fine-tuner until closed. Training thread only.
 */
final class Learner implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Learner.class);

  private final FineTuner tuner;
  private final BatchAssembler assembler;
  private final StepPlan plan;
  private final BatchScorer scorer;
  private final HeldOutWindow heldOut;
  private final PrequentialScore prequential;
  private final RejectedSteps rejected;
  private final Consumer<DeadLetter> refuse;
  private Progress progress;
  private final List<DeadLetter> refusedOfChunk = new ArrayList<>();

  /**
   * @param refuse takes each record that is dead-lettered
   */
  Learner(
      FineTuner tuner,
      BatchAssembler assembler,
      StepPlan plan,
      HeldOutWindow heldOut,
      PrequentialScore prequential,
      Progress progress,
      RejectedSteps rejected,
      Consumer<DeadLetter> refuse) {
    this.tuner = tuner;
    this.assembler = assembler;
    this.plan = plan;
    this.scorer = new BatchScorer(tuner::logits);
    this.heldOut = heldOut;
    this.prequential = prequential;
    this.progress = progress;
    this.rejected = rejected;
    this.refuse = refuse;
  }

  FineTuner tuner() {
    return tuner;
  }

  HeldOutWindow heldOut() {
    return heldOut;
  }

  PrequentialScore prequential() {
    return prequential;
  }

  Progress progress() {
    return progress;
  }

  /** Whether every record of the chunks so far has its outcome: only then may they be saved. */
  boolean isSettled() {
    return rejected.isEmpty();
  }

  /**
   * Gives every record of the chunk its outcome, but for those of refused steps at its end.
   *
   * @param onStep told of each step
   * @throws PipelineException where too many steps in a row were refused
   * @throws io.millrace.training.NonFiniteWeightsException where the weights are broken
   */
  void train(Chunk chunk, Consumer<Trained> onStep) {
    chunk.of(Arrival.ToRefuse.class).forEach(arrival -> refuse(arrival.letter()));
    chunk.of(Arrival.ToScore.class).forEach(arrival -> heldOut.add(arrival.example()));

    Map<RecordPosition, InboundRecord> records = new HashMap<>();
    List<TokenizedExample> examples = new ArrayList<>();
    for (Arrival.ToTrain arrival : chunk.of(Arrival.ToTrain.class)) {
      records.put(arrival.record().position(), arrival.record());
      examples.add(arrival.example());
    }
    List<TokenBatch> batches = assembler.assemble(examples, progress.chunks());
    for (List<TokenBatch> step : plan.steps(batches)) {
      onStep.accept(step(step, records));
    }
    progress = progress.finished(chunk);
    logRefused();
  }

  /** One line for a chunk, so that a broken producer cannot flood the log. */
  private void logRefused() {
    if (!refusedOfChunk.isEmpty()) {
      DeadLetter first = refusedOfChunk.get(0);
      LOG.warnf(
          "%d records of chunk %d go to the dead-letter topic, the first is %s: %s, %s",
          refusedOfChunk.size(),
          progress.chunks(),
          first.record().position(),
          first.reason(),
          first.detail());
      refusedOfChunk.clear();
    }
  }

  private Trained step(List<TokenBatch> batches, Map<RecordPosition, InboundRecord> records) {
    long start = System.nanoTime();
    batches.forEach(this::score);
    StepOutcome outcome = tuner.step(batches, plan.classWeights().after(progress.labelCounts()));
    settle(outcome, letters(outcome, records));
    List<TokenizedExample> left = outcome.refused().stream().map(Refusal::example).toList();
    batches.forEach(batch -> trainedOn(batch, left));
    return new Trained(batches, outcome, (System.nanoTime() - start) / 1e9);
  }

  private static List<DeadLetter> letters(
      StepOutcome outcome, Map<RecordPosition, InboundRecord> records) {
    return outcome.refused().stream()
        .map(
            refusal ->
                new DeadLetter(
                    records.get(refusal.example().position()), refusal.reason(), refusal.detail()))
        .toList();
  }

  /** Letters of a refused step are held back until another is applied. */
  private void settle(StepOutcome outcome, List<DeadLetter> letters) {
    if (outcome instanceof StepOutcome.Rejected refusal) {
      rejected.add(refusal.reason(), letters);
    } else {
      rejected.release().forEach(this::refuse);
      letters.forEach(this::refuse);
    }
  }

  /** By the weights before the step: the score of examples never seen. */
  private void score(TokenBatch batch) {
    List<Scored> scored = new ArrayList<>();
    scorer.score(batch, (example, logits) -> scored.add(Scored.of(logits, example.label())));
    prequential.add(scored);
  }

  /** Counts what was trained; a batch that was trained whole is not padded again for that. */
  private void trainedOn(TokenBatch batch, List<TokenizedExample> left) {
    if (left.isEmpty()) {
      progress = progress.trained(batch);
      return;
    }
    List<TokenizedExample> trained = new ArrayList<>(batch.examples());
    trained.removeAll(left);
    if (!trained.isEmpty()) {
      progress = progress.trained(TokenBatch.of(trained));
    }
  }

  private void refuse(DeadLetter letter) {
    progress = progress.refused(letter.reason().name());
    refusedOfChunk.add(letter);
    refuse.accept(letter);
  }

  @Override
  public void close() {
    tuner.close();
  }

  /**
   * A step and what came of it.
   *
   * @param batches what it was given
   * @param seconds wall time, prequential forward included
   */
  record Trained(List<TokenBatch> batches, StepOutcome outcome, double seconds) {

    Trained {
      batches = List.copyOf(batches);
    }

    int examples() {
      return batches.stream().mapToInt(TokenBatch::size).sum();
    }

    int tokens() {
      return batches.stream().mapToInt(batch -> batch.tokens().tokens()).sum();
    }

    int paddedTokens() {
      return batches.stream().mapToInt(batch -> batch.tokens().paddedTokens()).sum();
    }
  }
}
