package io.millrace.pipeline;

import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.evaluation.Scored;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.training.FineTuner;
import io.millrace.training.KeptExample;
import io.millrace.training.ReplayBuffer;
import io.millrace.training.StepOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Everything that training changes: weights, held-out window, prequential score, replay buffer and
 * progress. It turns a chunk into steps. Owns the fine-tuner until closed. Training thread only.
 */
final class Learner implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Learner.class);

  private final FineTuner tuner;
  private final BatchAssembler assembler;
  private final HeldOutWindow heldOut;
  private final PrequentialScore prequential;
  private final ReplayBuffer replay;
  private final Consumer<DeadLetter> refuse;
  private Progress progress;
  private final List<DeadLetter> refusedOfChunk = new ArrayList<>();
  private final List<KeptExample> learnedOfChunk = new ArrayList<>();

  /**
   * @param refuse takes each record that is dead-lettered
   */
  Learner(
      FineTuner tuner,
      BatchAssembler assembler,
      HeldOutWindow heldOut,
      PrequentialScore prequential,
      ReplayBuffer replay,
      Progress progress,
      Consumer<DeadLetter> refuse) {
    this.tuner = tuner;
    this.assembler = assembler;
    this.heldOut = heldOut;
    this.prequential = prequential;
    this.replay = replay;
    this.progress = progress;
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

  ReplayBuffer replay() {
    return replay;
  }

  Progress progress() {
    return progress;
  }

  /**
   * Gives every record of the chunk its outcome.
   *
   * @param onStep told of each batch
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
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(replay.forChunk(examples.size(), tuner.steps() + 1));
    examples.addAll(replayed);
    for (TokenBatch batch : assembler.assemble(examples, progress.chunks())) {
      onStep.accept(step(MixedBatch.of(batch, replayed), false, records));
    }
    // Behind the chunk, so that what was drawn for it stays in the buffer while it is trained on.
    learnedOfChunk.forEach(replay::offer);
    learnedOfChunk.clear();
    progress = progress.finished(chunk);
    logRefused();
  }

  /** Whether idle time is owed to replay. */
  boolean hasIdleWork() {
    return replay.idleExamples(assembler.maxExamples()) > 0;
  }

  /**
   * Uses idle time: a batch of replayed examples, in more than one step where the budget of tokens
   * wants that. Only between two chunks; positions stand still.
   *
   * @param onStep told of each step
   */
  void replayIdle(Consumer<Trained> onStep) {
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(replay.forIdle(assembler.maxExamples(), tuner.steps() + 1));
    for (TokenBatch batch : assembler.assemble(List.copyOf(replayed), tuner.steps())) {
      progress = progress.idleStep();
      onStep.accept(step(MixedBatch.of(batch, replayed), true, Map.of()));
    }
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

  private Trained step(MixedBatch batch, boolean idle, Map<RecordPosition, InboundRecord> records) {
    long start = System.nanoTime();
    Map<TokenizedExample, Double> losses = score(batch);
    StepOutcome outcome = tuner.step(batch.batch());
    Set<TokenizedExample> culprits = Set.copyOf(culprits(outcome));
    List<TokenizedExample> refused = MixedBatch.within(batch.fresh(), culprits);
    refused.forEach(
        culprit ->
            refuse(
                new DeadLetter(
                    records.get(culprit.position()),
                    Reason.NON_FINITE,
                    "its own loss or gradient is not finite")));
    List<TokenizedExample> dropped = MixedBatch.within(batch.replayed(), culprits);
    if (!dropped.isEmpty()) {
      replay.drop(dropped);
      progress = progress.dropped(dropped.size());
    }
    trainedOn(batch, culprits, losses);
    return new Trained(
        batch, outcome, refused.size(), dropped.size(), idle, (System.nanoTime() - start) / 1e9);
  }

  /**
   * Predicts first, by the weights before the step: the score of examples never seen. Replayed ones
   * are predicted only where their loss decides when they come again, and never scored.
   *
   * @return losses of those predicted, nats
   */
  private Map<TokenizedExample, Double> score(MixedBatch batch) {
    List<TokenizedExample> predicted =
        replay.usesLosses() ? batch.batch().examples() : batch.fresh();
    if (predicted.isEmpty()) {
      return Map.of();
    }
    boolean whole = predicted.size() == batch.batch().size();
    TokenBatch input = whole ? batch.batch() : TokenBatch.of(predicted);
    float[][] logits = tuner.model().logits(input.tokens());
    Map<TokenizedExample, Scored> scores = new HashMap<>();
    for (int row = 0; row < logits.length; row++) {
      TokenizedExample example = predicted.get(row);
      scores.put(example, Scored.of(logits[row], example.label()));
    }
    prequential.add(batch.fresh().stream().map(scores::get).toList());
    Map<TokenizedExample, Double> losses = new HashMap<>();
    scores.forEach((example, score) -> losses.put(example, score.loss()));
    return losses;
  }

  /** Counts what was trained; a batch that was trained whole is not padded again for that. */
  private void trainedOn(
      MixedBatch batch, Set<TokenizedExample> culprits, Map<TokenizedExample, Double> losses) {
    List<TokenizedExample> all = MixedBatch.without(batch.batch().examples(), culprits);
    if (all.isEmpty()) {
      return;
    }
    List<TokenizedExample> fresh = MixedBatch.without(batch.fresh(), culprits);
    progress = progress.trained(culprits.isEmpty() ? batch.batch() : TokenBatch.of(all), fresh);
    if (replay.enabled()) {
      long step = tuner.steps();
      fresh.forEach(
          example -> learnedOfChunk.add(new KeptExample(example, losses.get(example), step)));
      replay.trained(MixedBatch.without(batch.replayed(), culprits), losses, step);
    }
  }

  private static List<TokenizedExample> culprits(StepOutcome outcome) {
    if (outcome instanceof StepOutcome.Applied applied) {
      return applied.refused();
    }
    return ((StepOutcome.Rejected) outcome).culprits();
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
   * A batch and what came of it.
   *
   * @param refused its new examples that were dead-lettered
   * @param dropped its replayed examples that left the buffer because they are not finite
   * @param idle whether it was taken from idle time, not from a chunk
   * @param seconds wall time, prequential forward included
   */
  record Trained(
      MixedBatch batch,
      StepOutcome outcome,
      int refused,
      int dropped,
      boolean idle,
      double seconds) {}
}
