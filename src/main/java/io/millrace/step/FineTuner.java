package io.millrace.step;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import io.millrace.example.Amendments;
import io.millrace.example.RecordPosition;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Architecture;
import io.millrace.optim.AveragedWeights;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.LazyAdamW;
import io.millrace.optim.OptimizedModel;
import io.millrace.optim.Optimizer;
import io.millrace.optim.ScheduledRate;
import io.millrace.optim.StartingPoint;
import io.millrace.optim.StepHistory;
import io.millrace.optim.StepSeed;
import io.millrace.optim.TrainedStep;
import io.millrace.optim.TrainingSettings;
import io.millrace.step.StepGradients.Attempt;
import io.millrace.task.OutputWeights;
import io.millrace.task.Task;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.TorchOps;
import io.millrace.torch.UpdateOps.LossAndNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Fine-tunes a classifier, one step at a time.
 *
 * <p>One thread, the training thread, makes all calls. The fine-tuner owns the model from then on
 * and closes it. Weights and moments live until {@link #close()}; everything that a step makes,
 * gradients included, belongs to that step's scope and is freed at its end, so no gradient outlives
 * its step or has to be cleared.
 *
 * <p>Dropout of step N is a function of the seed and N. On a CPU with a fixed number of threads two
 * runs over the same batches are equal bit for bit.
 */
public final class FineTuner implements AutoCloseable {

  private final TransformerClassifier model;
  private final TrainingSettings settings;
  private final Task task;
  private final ScheduledRate rate;
  private final GradNormWatch gradNorms;
  private final Optimizer optimizer;
  private final Optional<LazyAdamW> words;
  private final Optional<AveragedWeights> average;
  private final StepGradients gradients;
  private final Objective objective;
  private final FiniteWeightsCheck probe;
  private final LastSteps lastSteps;
  private long steps;

  /** Starts with fresh moments at step 0. */
  public FineTuner(TransformerClassifier model, TrainingSettings settings, Task task) {
    this(model, settings, task, UnaryOperator.identity());
  }

  /** With something around each batch's pass: where a test injects a failure. */
  public FineTuner(
      TransformerClassifier model,
      TrainingSettings settings,
      Task task,
      UnaryOperator<BatchGradients> around) {
    this(
        OptimizedModel.of(model, settings),
        task,
        optimized -> Optimizer.fresh(optimized, model.newScope()),
        StartingPoint.FIRST_STEP,
        around);
  }

  /** As told which weights are trained, and how. */
  public FineTuner(
      OptimizedModel optimized,
      Task task,
      Function<OptimizedModel, Optimizer> optimizer,
      StartingPoint start,
      UnaryOperator<BatchGradients> around) {
    this(
        optimized,
        task,
        optimizer.apply(optimized),
        () -> AveragedWeights.of(optimized, start),
        ScheduledRate.of(optimized.settings(), start.history()),
        new GradNormWatch(
            optimized.settings().gradNormSpikeFactor(),
            optimized.settings().maxGradNorm(),
            start.history().gradNorms()),
        start,
        around);
  }

  private FineTuner(
      OptimizedModel optimized,
      Task task,
      Optimizer optimizer,
      Supplier<Optional<AveragedWeights>> average,
      ScheduledRate rate,
      GradNormWatch gradNorms,
      StartingPoint start,
      UnaryOperator<BatchGradients> around) {
    this.model = optimized.model();
    this.settings = optimized.settings();
    this.task = task;
    this.rate = rate;
    this.gradNorms = gradNorms;
    this.optimizer = optimizer;
    this.words = LazyAdamW.of(optimized, optimizer, start);
    this.average = average.get(); // behind the rows of words, which may have caught up first
    this.steps = start.step();
    this.lastSteps = new LastSteps(rate.decaySteps(), start.history().lastSteps());
    NDList parameters = optimizer.parameters();
    parameters.forEach(array -> array.setRequiresGradient(true));
    this.objective = new Objective(model, parameters, task.loss(settings), words);
    this.gradients =
        new StepGradients(
            objective,
            around.apply(
                (scope, batch, weights, taken) ->
                    objective.gradients(scope, batch, weights, taken, true)));
    // Not by way of lazy rows: looking must not make them catch up.
    this.probe =
        new FiniteWeightsCheck(
            new Objective(model, parameters, task.loss(settings), Optional.empty()), task.probe());
  }

  /**
   * Goes on from a snapshot.
   *
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static FineTuner restore(
      Architecture architecture,
      FineTunerState state,
      TrainingSettings settings,
      Device device,
      Task task) {
    TransformerClassifier model = TransformerClassifier.of(architecture, state.weights(), device);
    try {
      return new FineTuner(
          OptimizedModel.of(model, settings),
          task,
          optimized -> Optimizer.restore(optimized, state, model.newScope()),
          StartingPoint.of(state),
          UnaryOperator.identity());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * A copy that goes on by itself, its rate falling over so many steps. It watches for no spikes:
   * the run has told of them. The caller closes it, before this.
   */
  FineTuner branch(int decaySteps) {
    TransformerClassifier copy = model.copy();
    try {
      OptimizedModel optimized = OptimizedModel.of(copy, settings);
      return new FineTuner(
          optimized,
          task,
          optimizer.copy(optimized, copy.newScope()),
          () -> average.map(weights -> weights.copy(copy)),
          rate.decaying(steps, decaySteps),
          new GradNormWatch(Double.POSITIVE_INFINITY, settings.maxGradNorm(), List.of()),
          new StartingPoint(steps, Map.of(), StepHistory.NONE, words.map(LazyAdamW::state)),
          UnaryOperator.identity());
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /** Examples of the last steps that later records are about. */
  public List<RecordPosition> amended(Amendments amendments) {
    return lastSteps.amended(amendments);
  }

  /** Takes examples out of the last steps, which a decay branch takes again. */
  public void forget(Set<RecordPosition> positions) {
    lastSteps.forget(positions);
  }

  /** The steps that a branch takes again, oldest first; none where the schedule has no decay. */
  List<TrainedStep> lastSteps() {
    return lastSteps.oldestFirst();
  }

  /** The weights themselves; rows of the word embeddings may lag behind. */
  public TransformerClassifier model() {
    return model;
  }

  /**
   * The model by the run's own weights: their average where one is kept, otherwise the model as it
   * is after the last step. What is evaluated is a {@link CandidateModel}. It shares weights, so it
   * is good until the next step. The caller closes it.
   */
  public TransformerClassifier candidate() {
    return average.map(weights -> weights.model().sharing(Map.of())).orElseGet(this::current);
  }

  private TransformerClassifier current() {
    return model.sharing(words.map(rows -> rows.current(model.newScope())).orElse(Map.of()));
  }

  /**
   * Scores texts by the weights before their step, without dropout.
   *
   * @return {@code [B][L]}
   */
  public float[][] logits(TokenMatrix tokens) {
    words.ifPresent(rows -> rows.settle(List.of(tokens)));
    return model.logits(tokens);
  }

  /**
   * Begins the learning-rate schedule again after the last step, warm-up first; part of the
   * snapshot. Answers whether the rate of any step is another for that.
   */
  public boolean rewarm() {
    return rate.rewarm(steps);
  }

  public boolean wouldRewarm() {
    return rate.wouldRewarm(steps);
  }

  /** Steps applied so far. */
  public long steps() {
    return steps;
  }

  /** One step of one batch, all classes counting the same. */
  public StepOutcome step(TokenBatch batch) {
    return step(List.of(batch), OutputWeights.same(model.numLabels()));
  }

  /**
   * One step of some batches, as if they were one: their gradients are added up. A loss or gradient
   * norm that is not finite never reaches weights or moments: the examples that are not finite
   * alone are found and left out, the rest is trained. A batch that does not fit into memory is
   * split; an example that does not fit alone is left out.
   *
   * @param batches at least one
   * @param classWeights {@code [L]}, see {@link OutputWeights}
   * @throws NonFiniteWeightsException where the weights themselves are broken
   * @throws IllegalArgumentException for a label, a token or a length that the model does not have,
   *     or another number of class weights than it has labels
   */
  public StepOutcome step(List<TokenBatch> batches, double[] classWeights) {
    if (classWeights.length != model.numLabels()) {
      throw new IllegalArgumentException(
          classWeights.length + " class weights for " + model.numLabels() + " labels");
    }
    MicroBatches step = new MicroBatches(batches);
    step.requireLabelsBelow(model.numLabels());
    Attempt whole = attempt(step, classWeights);
    if (whole.applied()) {
      return applied(whole, List.of(), classWeights);
    }
    if (whole.step().isEmpty()) {
      return rejected("no example of the step fits into memory", whole, List.of());
    }
    probe.requireFiniteWeights();
    List<TokenizedExample> culprits =
        BadExampleBisection.among(whole.batches(), part -> isFinite(part, classWeights));
    MicroBatches rest = whole.batches().without(culprits);
    if (rest.isEmpty()) {
      LossAndNorm seen = whole.step().get();
      String numbers =
          "step " + (steps + 1) + ": loss " + seen.loss() + ", gradient norm " + seen.gradNorm();
      return rejected(numbers + ": no example of the step is finite alone", whole, culprits);
    }
    Attempt others = attempt(rest, classWeights).after(whole);
    return others.applied()
        ? applied(others, culprits, classWeights)
        : oneByOne(others, culprits, classWeights);
  }

  /** Examples that are finite alone but not together: only their sum overflows. */
  private StepOutcome oneByOne(
      Attempt rest, List<TokenizedExample> culprits, double[] classWeights) {
    List<TokenizedExample> refused = new ArrayList<>(culprits);
    Attempt last = rest;
    boolean spike = false;
    for (TokenizedExample example : rest.batches().examples()) {
      Attempt single = attempt(MicroBatches.of(List.of(example)), classWeights);
      if (single.applied()) {
        spike |= advance(single, classWeights);
        last = single.after(rest);
      } else {
        refused.add(example);
      }
    }
    return last.applied()
        ? outcome(last, spike, refused)
        : rejected("no example of the step could be trained on", rest, refused);
  }

  private Attempt attempt(MicroBatches batches, double[] classWeights) {
    return gradients.attempt(batches, classWeights, nextSeed(), this::apply);
  }

  /** Applies a step where loss and gradients are finite; else nothing is written. */
  private LossAndNorm apply(Objective.Gradients result) {
    NDList all = result.gradients();
    LossAndNorm seen = model.operators().updates().lossAndNorm(result.loss(), all);
    if (seen.isFinite()) {
      long step = steps + 1;
      double now = rate.at(step);
      double divisor = Math.max(1, (seen.gradNorm() + 1e-6) / settings.maxGradNorm()); // as torch
      int dense = all.size() - (result.taken().isPresent() ? 1 : 0);
      optimizer.step(all.subNDList(0, dense), step, now, divisor);
      result
          .taken()
          .ifPresent(rows -> words.orElseThrow().step(rows, all.get(dense), step, now, divisor));
    }
    return seen;
  }

  private boolean isFinite(List<TokenizedExample> examples, double[] classWeights) {
    TorchOps.seed(nextSeed());
    return objective.isFinite(TokenBatch.of(examples), classWeights, true);
  }

  private long nextSeed() {
    return StepSeed.of(settings.seed(), steps + 1);
  }

  private StepOutcome applied(
      Attempt attempt, List<TokenizedExample> culprits, double[] classWeights) {
    return outcome(attempt, advance(attempt, classWeights), culprits);
  }

  /** Everything that follows a step which moved the weights; whether its norm was a spike. */
  private boolean advance(Attempt attempt, double[] classWeights) {
    steps++;
    lastSteps.add(TrainedStep.of(attempt.batches().batches(), classWeights));
    average.ifPresent(weights -> weights.update(steps));
    rate.tellEnd(steps);
    return gradNorms.observe(steps, attempt.step().orElseThrow().gradNorm());
  }

  private StepOutcome outcome(Attempt attempt, boolean spike, List<TokenizedExample> culprits) {
    LossAndNorm step = attempt.step().orElseThrow();
    return new StepOutcome.Applied(
        steps,
        step.loss(),
        step.gradNorm(),
        spike,
        rate.at(steps),
        refusals(attempt, culprits),
        attempt.batches().sizes(),
        attempt.outOfMemory());
  }

  private static StepOutcome rejected(
      String reason, Attempt attempt, List<TokenizedExample> culprits) {
    return new StepOutcome.Rejected(reason, refusals(attempt, culprits), attempt.outOfMemory());
  }

  private static List<Refusal> refusals(Attempt attempt, List<TokenizedExample> culprits) {
    List<Refusal> refusals = new ArrayList<>(attempt.tooLarge());
    culprits.forEach(culprit -> refusals.add(Refusal.nonFinite(culprit)));
    return refusals;
  }

  /**
   * @throws NonFiniteWeightsException where the weights are broken
   */
  void requireFiniteWeights() {
    probe.requireFiniteWeights();
  }

  /**
   * A copy of everything that the next step depends on, taken between steps.
   *
   * @throws NonFiniteWeightsException where the weights are broken: no run could go on from them
   */
  public FineTunerState snapshot() {
    probe.requireFiniteWeights();
    return new FineTunerState(
        steps,
        model.parameters().snapshot(),
        optimizer.firstMoments(),
        optimizer.secondMoments(),
        words.map(LazyAdamW::state),
        average.map(weights -> weights.model().parameters().snapshot()).orElse(Map.of()),
        new StepHistory(rate.origin(), rate.floor(), gradNorms.recent(), lastSteps()));
  }

  /** Frees weights, averages and moments. */
  @Override
  public void close() {
    average.ifPresent(AveragedWeights::close);
    model.close();
  }
}
