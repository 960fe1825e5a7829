package io.millrace.learner;

import io.millrace.drift.DriftSignal;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.intake.Chunk;
import io.millrace.replay.KeptExample;
import io.millrace.step.Refusal;
import io.millrace.step.StepOutcome;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One pass of a {@link Learner} over the examples of a chunk, or over replayed ones in idle time:
 * takes one optimizer step at a time. Lives until its last step is taken; a learner has one at a
 * time. Training thread only.
 */
public final class ChunkPass {

  private final Learner learner;
  private final Optional<Chunk> chunk;
  private final Iterator<List<TokenBatch>> steps;
  private final Set<TokenizedExample> replayed;
  private final Map<RecordPosition, InboundRecord> records;
  private final DriftReactions reactions;
  private final List<KeptExample> learned = new ArrayList<>();

  /**
   * @param chunk with all its labels known; empty for idle time
   * @param steps the batches of each step
   * @param replayed those of their examples that were trained on before
   * @param records what the other examples were read from
   */
  ChunkPass(
      Learner learner,
      Optional<Chunk> chunk,
      List<List<TokenBatch>> steps,
      Set<TokenizedExample> replayed,
      Map<RecordPosition, InboundRecord> records) {
    this.learner = learner;
    this.chunk = chunk;
    this.steps = steps.iterator();
    this.replayed = replayed;
    this.records = records;
    this.reactions = new DriftReactions(learner.replay().enabled());
  }

  /** The chunk, with all its labels known; empty in idle time. */
  public Optional<Chunk> chunk() {
    return chunk;
  }

  /** Whether a step is left; a chunk without examples has none. */
  public boolean hasStep() {
    return steps.hasNext();
  }

  /**
   * Takes the next step.
   *
   * @throws NoSuchElementException where none is left
   * @throws BrokenTrainingException where too many steps in a row were refused
   * @throws io.millrace.step.NonFiniteWeightsException where the weights are broken
   */
  public StepReport step() {
    List<MixedBatch> batches = MixedBatch.all(steps.next(), replayed);
    if (chunk.isEmpty()) {
      learner.advance(learner.progress().idleStep());
    }
    return step(batches);
  }

  /**
   * After the last step: every record of the chunk has its outcome, but for those of refused steps
   * at its end.
   */
  public void finish() {
    // Only now, so that what was drawn for a chunk stays in the buffer while it is trained on.
    learned.forEach(learner.replay()::offer);
    if (chunk.isPresent()) {
      learner.react(reactions);
      learner.advance(learner.progress().finished(chunk.get()));
    }
    learner.logRefused();
  }

  private StepReport step(List<MixedBatch> batches) {
    long start = learner.clock().nanos();
    Map<TokenizedExample, Double> losses = new HashMap<>();
    List<DriftSignal> signals = new ArrayList<>();
    batches.forEach(batch -> score(batch, losses, signals));
    StepOutcome outcome =
        learner
            .tuner()
            .step(
                batches.stream().map(MixedBatch::batch).toList(),
                learner.plan().classWeights().after(learner.progress().labelCounts()));
    Set<TokenizedExample> left =
        outcome.refused().stream().map(Refusal::example).collect(Collectors.toSet());
    List<DeadLetter> letters = letters(outcome, batches);
    learner.settle(outcome, letters);
    List<TokenizedExample> dropped =
        batches.stream()
            .flatMap(batch -> MixedBatch.within(batch.replayed(), left).stream())
            .toList();
    if (!dropped.isEmpty()) {
      learner.replay().drop(dropped);
      learner.advance(learner.progress().dropped(dropped.size()));
    }
    batches.forEach(batch -> trainedOn(batch, left, losses));
    reactions.add(signals);
    return new StepReport(
        batches,
        outcome,
        letters.size(),
        dropped.size(),
        chunk.isEmpty(),
        List.copyOf(signals),
        (learner.clock().nanos() - start) / 1e9);
  }

  /** One for each new example that was refused; a replayed one has had its outcome. */
  private List<DeadLetter> letters(StepOutcome outcome, List<MixedBatch> batches) {
    Set<TokenizedExample> before =
        batches.stream().flatMap(batch -> batch.replayed().stream()).collect(Collectors.toSet());
    return outcome.refused().stream()
        .filter(refusal -> !before.contains(refusal.example()))
        .map(
            refusal ->
                new DeadLetter(
                    records.get(refusal.example().position()), refusal.reason(), refusal.detail()))
        .toList();
  }

  /**
   * Predicts first, by the weights before the step: the score of examples never seen. Replayed ones
   * are predicted only where their loss decides when they come again, and never scored.
   *
   * @param losses takes the losses of those predicted, nats
   * @param signals takes what the new examples show of the stream
   */
  private void score(
      MixedBatch batch, Map<TokenizedExample, Double> losses, List<DriftSignal> signals) {
    List<TokenizedExample> predicted =
        learner.replay().usesLosses() ? batch.batch().examples() : batch.fresh();
    if (predicted.isEmpty() || !isScored()) {
      batch.fresh().forEach(example -> observe(example, OptionalDouble.empty(), signals));
      return;
    }
    boolean whole = predicted.size() == batch.batch().size();
    Map<TokenizedExample, PrequentialEntry> scores = new HashMap<>();
    learner
        .scorer()
        .score(
            whole ? batch.batch() : TokenBatch.of(predicted),
            (example, logits) ->
                scores.put(example, learner.prequential().predicted(logits, example)));
    learner
        .prequential()
        .add(batch.fresh().stream().map(scores::get).filter(Objects::nonNull).toList());
    scores.forEach((example, score) -> losses.put(example, score.loss()));
    for (TokenizedExample example : batch.fresh()) {
      PrequentialEntry score = scores.get(example);
      observe(
          example,
          score == null ? OptionalDouble.empty() : OptionalDouble.of(score.loss()),
          signals);
    }
  }

  private void observe(TokenizedExample example, OptionalDouble loss, List<DriftSignal> signals) {
    signals.addAll(learner.drift().observe(example.target().group(), example.text(), loss));
  }

  /** Whether the step under way is scored. */
  private boolean isScored() {
    return learner.replay().usesLosses() || learner.prequential().wants(learner.tuner().steps());
  }

  /** Counts what was trained; a batch that was trained whole is not padded again for that. */
  private void trainedOn(
      MixedBatch batch, Set<TokenizedExample> left, Map<TokenizedExample, Double> losses) {
    List<TokenizedExample> all = MixedBatch.without(batch.batch().examples(), left);
    if (all.isEmpty()) {
      return;
    }
    List<TokenizedExample> fresh = MixedBatch.without(batch.fresh(), left);
    Optional<Instant> newest =
        fresh.stream()
            .flatMap(example -> records.get(example.position()).sentAt().stream())
            .max(Comparator.naturalOrder());
    learner.advance(
        learner
            .progress()
            .trained(left.isEmpty() ? batch.batch() : TokenBatch.of(all), fresh, newest));
    if (learner.replay().enabled()) {
      long step = learner.tuner().steps();
      boolean scored = !losses.isEmpty();
      fresh.stream()
          .filter(example -> !scored || losses.containsKey(example))
          .forEach(
              example ->
                  learned.add(
                      new KeptExample(example, losses.getOrDefault(example, Double.NaN), step)));
      learner.replay().trained(MixedBatch.without(batch.replayed(), left), losses, step);
    }
  }
}
