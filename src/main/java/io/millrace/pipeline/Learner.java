package io.millrace.pipeline;

import io.millrace.drift.DriftMonitor;
import io.millrace.drift.DriftSignal;
import io.millrace.example.Amendments;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.OutputSpace;
import io.millrace.example.RecordPosition;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.heldout.PrequentialScore;
import io.millrace.journal.JournalEntry;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.training.BatchScorer;
import io.millrace.training.FineTuner;
import io.millrace.training.KeptExample;
import io.millrace.training.Refusal;
import io.millrace.training.ReplayBuffer;
import io.millrace.training.StepOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Everything that training changes: weights, held-out window, prequential score and progress. It
 * turns a chunk into steps. Owns the fine-tuner until closed. Training thread only.
 */
final class Learner implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Learner.class);

  private FineTuner tuner;
  private final BatchAssembler assembler;
  private StepPlan plan;
  private final BatchScorer scorer;
  private final HeldOutWindow heldOut;
  private final PrequentialScore prequential;
  private final ReplayBuffer replay;
  private final DriftMonitor drift;
  private final RejectedSteps rejected;
  private final Growth growth;
  private final Consumer<DeadLetter> refuse;
  private Progress progress;
  private final List<DeadLetter> refusedOfChunk = new ArrayList<>();
  private final List<KeptExample> learnedOfChunk = new ArrayList<>();
  private final DriftReactions reactions;
  private final List<DriftSignal> signalsOfStep = new ArrayList<>();

  /**
   * @param growth adds labels
   * @param refuse takes each record that is dead-lettered
   */
  Learner(
      FineTuner tuner,
      BatchAssembler assembler,
      StepPlan plan,
      HeldOutWindow heldOut,
      PrequentialScore prequential,
      ReplayBuffer replay,
      DriftMonitor drift,
      Progress progress,
      RejectedSteps rejected,
      Growth growth,
      Consumer<DeadLetter> refuse) {
    this.tuner = tuner;
    this.assembler = assembler;
    this.plan = plan;
    this.scorer = new BatchScorer(tokens -> this.tuner.logits(tokens));
    this.heldOut = heldOut;
    this.prequential = prequential;
    this.replay = replay;
    this.drift = drift;
    this.reactions = new DriftReactions(replay.enabled());
    this.progress = progress;
    this.rejected = rejected;
    this.growth = growth;
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

  DriftMonitor drift() {
    return drift;
  }

  /** How often drift has changed how training goes on. */
  int driftReactions() {
    return reactions.made();
  }

  Progress progress() {
    return progress;
  }

  /** In logit order. */
  OutputSpace labels() {
    return growth.outputs(progress.labels());
  }

  /** Whether every record of the chunks so far has its outcome: only then may they be saved. */
  boolean isSettled() {
    return rejected.isEmpty();
  }

  /** The examples of refused steps are to blame: they are dead-lettered. */
  void blameExamples() {
    rejected.release().forEach(this::refuse);
    logRefused();
  }

  /**
   * Gives every record of the chunk its outcome, but for those of refused steps at its end.
   *
   * @param onStep told of each step
   * @return the chunk with all its labels known
   * @throws PipelineException where too many steps in a row were refused
   * @throws io.millrace.training.NonFiniteWeightsException where the weights are broken
   */
  Chunk train(Chunk chunk, Consumer<Trained> onStep) {
    Chunk labelled = labelled(chunk);
    trainLabelled(labelled, onStep);
    return labelled;
  }

  /** All its labels are the model's from here on; a function of the records, as all else. */
  private Chunk labelled(Chunk chunk) {
    NewLabels found = NewLabels.of(chunk, progress.labels(), growth.maxLabels());
    if (found.all().size() > progress.labels().size()) {
      OutputSpace all = growth.outputs(found.all());
      LOG.infof(
          "chunk %d has labels that the model lacked, it has a row for each of %s now",
          progress.chunks(), all.summary());
      FineTuner before = tuner;
      tuner = growth.tuner(before, all);
      before.close();
      plan = growth.plan(all);
      progress = progress.labelled(found.all());
    }
    return found.chunk();
  }

  private void trainLabelled(Chunk chunk, Consumer<Trained> onStep) {
    forget(chunk.forgotten());
    Set<RecordPosition> skipped =
        chunk.skipped().stream().map(JournalEntry.Skip::position).collect(Collectors.toSet());
    progress = progress.amended(chunk);
    chunk.of(Arrival.ToRefuse.class).forEach(arrival -> refuse(arrival.letter()));
    chunk.of(Arrival.ToScore.class).stream()
        .filter(arrival -> !skipped.contains(arrival.record().position()))
        .forEach(arrival -> heldOut.add(arrival.example()));

    Map<RecordPosition, InboundRecord> records = new HashMap<>();
    List<TokenizedExample> examples = new ArrayList<>();
    for (Arrival.ToTrain arrival : chunk.of(Arrival.ToTrain.class)) {
      if (!skipped.contains(arrival.record().position())) {
        records.put(arrival.example().position(), arrival.record());
        examples.add(arrival.example());
      }
    }
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(
            replay.forChunk(examples.size(), tuner.steps() + 1, drift.isReplayRaised() ? 2 : 1));
    examples.addAll(replayed);
    List<TokenBatch> batches = assembler.assemble(examples, progress.chunks());
    for (List<TokenBatch> step : plan.steps(batches)) {
      onStep.accept(step(MixedBatch.all(step, replayed), false, records));
    }
    // Behind the chunk, so that what was drawn for it stays in the buffer while it is trained on.
    learnedOfChunk.forEach(replay::offer);
    learnedOfChunk.clear();
    reactions.react(tuner, heldOut);
    progress = progress.finished(chunk);
    logRefused();
  }

  /** Examples kept for replay, for a decay branch or to be scored that later records are about. */
  List<RecordPosition> amended(Amendments amendments) {
    if (amendments.isEmpty()) {
      return List.of();
    }
    return Stream.of(
            replay.amended(amendments), tuner.amended(amendments), heldOut.amended(amendments))
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  /** Keeps these no longer, for whatever they were kept. */
  void forget(List<RecordPosition> examples) {
    if (!examples.isEmpty()) {
      Set<RecordPosition> positions = Set.copyOf(examples);
      replay.forget(positions);
      tuner.forget(positions);
      heldOut.forget(positions);
    }
  }

  /** Replay that idle time is owed to, a batch at most; empty where none is. */
  Optional<Work> idleWork() {
    int examples = replay.idleExamples(assembler.maxExamples());
    return examples == 0
        ? Optional.empty()
        : Optional.of(new Work.IdleReplay(examples, /* isRepeated= */ false));
  }

  /**
   * Uses idle time: a batch of replayed examples, in more than one step where the budget of tokens
   * wants that. Only between two chunks; positions stand still.
   *
   * @param onStep told of each step
   */
  void replayIdle(Work.IdleReplay idle, Consumer<Trained> onStep) {
    forget(idle.forgotten());
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(replay.forIdle(idle.examples(), tuner.steps() + 1));
    List<TokenBatch> batches = assembler.assemble(List.copyOf(replayed), tuner.steps());
    for (List<TokenBatch> step : plan.steps(batches)) {
      progress = progress.idleStep();
      onStep.accept(step(MixedBatch.all(step, replayed), true, Map.of()));
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

  private Trained step(
      List<MixedBatch> batches, boolean idle, Map<RecordPosition, InboundRecord> records) {
    long start = System.nanoTime();
    Map<TokenizedExample, Double> losses = new HashMap<>();
    batches.forEach(batch -> score(batch, losses));
    StepOutcome outcome =
        tuner.step(
            batches.stream().map(MixedBatch::batch).toList(),
            plan.classWeights().after(progress.labelCounts()));
    Set<TokenizedExample> left =
        outcome.refused().stream().map(Refusal::example).collect(Collectors.toSet());
    List<DeadLetter> letters = letters(outcome, batches, records);
    settle(outcome, letters);
    List<TokenizedExample> dropped =
        batches.stream()
            .flatMap(batch -> MixedBatch.within(batch.replayed(), left).stream())
            .toList();
    if (!dropped.isEmpty()) {
      replay.drop(dropped);
      progress = progress.dropped(dropped.size());
    }
    batches.forEach(batch -> trainedOn(batch, left, losses, records));
    List<DriftSignal> signals = List.copyOf(signalsOfStep);
    signalsOfStep.clear();
    reactions.add(signals);
    return new Trained(
        batches,
        outcome,
        letters.size(),
        dropped.size(),
        idle,
        signals,
        (System.nanoTime() - start) / 1e9);
  }

  /** One for each new example that was refused; a replayed one has had its outcome. */
  private static List<DeadLetter> letters(
      StepOutcome outcome, List<MixedBatch> batches, Map<RecordPosition, InboundRecord> records) {
    Set<TokenizedExample> replayed =
        batches.stream().flatMap(batch -> batch.replayed().stream()).collect(Collectors.toSet());
    return outcome.refused().stream()
        .filter(refusal -> !replayed.contains(refusal.example()))
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

  /**
   * Predicts first, by the weights before the step: the score of examples never seen. Replayed ones
   * are predicted only where their loss decides when they come again, and never scored.
   *
   * @param losses takes the losses of those predicted, nats
   */
  private void score(MixedBatch batch, Map<TokenizedExample, Double> losses) {
    List<TokenizedExample> predicted =
        replay.usesLosses() ? batch.batch().examples() : batch.fresh();
    if (predicted.isEmpty() || !isScored()) {
      batch.fresh().forEach(example -> observe(example, OptionalDouble.empty()));
      return;
    }
    Map<TokenizedExample, PrequentialEntry> scores = new HashMap<>();
    scorer.score(
        predicted.size() == batch.batch().size() ? batch.batch() : TokenBatch.of(predicted),
        (example, logits) -> scores.put(example, prequential.predicted(logits, example)));
    prequential.add(batch.fresh().stream().map(scores::get).filter(Objects::nonNull).toList());
    scores.forEach((example, score) -> losses.put(example, score.loss()));
    for (TokenizedExample example : batch.fresh()) {
      PrequentialEntry score = scores.get(example);
      observe(example, score == null ? OptionalDouble.empty() : OptionalDouble.of(score.loss()));
    }
  }

  private void observe(TokenizedExample example, OptionalDouble loss) {
    signalsOfStep.addAll(drift.observe(example.target().group(), example.text(), loss));
  }

  /** Whether the step under way is scored. */
  private boolean isScored() {
    return replay.usesLosses() || prequential.wants(tuner.steps());
  }

  /** Counts what was trained; a batch that was trained whole is not padded again for that. */
  private void trainedOn(
      MixedBatch batch,
      Set<TokenizedExample> left,
      Map<TokenizedExample, Double> losses,
      Map<RecordPosition, InboundRecord> records) {
    List<TokenizedExample> all = MixedBatch.without(batch.batch().examples(), left);
    if (all.isEmpty()) {
      return;
    }
    List<TokenizedExample> fresh = MixedBatch.without(batch.fresh(), left);
    Optional<Instant> newest =
        fresh.stream()
            .flatMap(example -> records.get(example.position()).sentAt().stream())
            .max(Comparator.naturalOrder());
    progress = progress.trained(left.isEmpty() ? batch.batch() : TokenBatch.of(all), fresh, newest);
    if (replay.enabled()) {
      long step = tuner.steps();
      boolean scored = !losses.isEmpty();
      fresh.stream()
          .filter(example -> !scored || losses.containsKey(example))
          .forEach(
              example ->
                  learnedOfChunk.add(
                      new KeptExample(example, losses.getOrDefault(example, Double.NaN), step)));
      replay.trained(MixedBatch.without(batch.replayed(), left), losses, step);
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
}
