package io.millrace.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.millrace.model.ModelConfig;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.HostTensor;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchOps.AdamWNumbers;
import io.millrace.torch.TorchOps.ClippedStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fine-tunes a classifier, one batch at a time.
 *
 * <p>One thread, the training thread, makes all calls. The fine-tuner owns the model from then on
 * and closes it. Weights and moments live until {@link #close()}; everything that a step makes,
 * gradients included, belongs to that step's scope and is freed at its end, so no gradient is ever
 * accumulated or has to be cleared.
 *
 * <p>Dropout of step N is a function of the seed and N. On a CPU with a fixed number of threads two
 * runs over the same batches are equal bit for bit.
 */
public final class FineTuner implements AutoCloseable {

  private final TransformerClassifier model;
  private final TrainingSettings settings;
  private final ScheduledRate rate;
  private final GradNormWatch gradNorms;
  private final AdamW optimizer;
  private final Optional<AveragedWeights> average;
  private final Objective objective;
  private final WeightsProbe probe;
  private long steps;

  /** Starts with fresh moments at step 0. */
  public FineTuner(TransformerClassifier model, TrainingSettings settings) {
    this(
        model,
        settings,
        AdamW.fresh(model.parameters(), model.newScope()),
        average(model, Map.of(), settings),
        0,
        StepHistory.NONE);
  }

  private FineTuner(
      TransformerClassifier model,
      TrainingSettings settings,
      AdamW optimizer,
      Optional<AveragedWeights> average,
      long steps,
      StepHistory history) {
    this.model = model;
    this.settings = settings;
    this.rate = new ScheduledRate(LearningRateSchedule.of(settings), history.scheduleOrigin());
    this.gradNorms =
        new GradNormWatch(
            settings.gradNormSpikeFactor(), settings.maxGradNorm(), history.gradNorms());
    this.optimizer = optimizer;
    this.average = average;
    this.steps = steps;
    this.objective = new Objective(model, optimizer.parameters());
    this.probe = new WeightsProbe(objective);
    model.parameters().values().forEach(array -> array.setRequiresGradient(true));
  }

  /**
   * Goes on from a snapshot.
   *
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static FineTuner restore(
      ModelConfig config, FineTunerState state, TrainingSettings settings, Device device) {
    TransformerClassifier model = TransformerClassifier.of(config, state.weights(), device);
    try {
      AdamW optimizer = AdamW.restore(model.parameters(), state, model.newScope());
      return new FineTuner(
          model,
          settings,
          optimizer,
          average(model, state.averages(), settings),
          state.step(),
          state.history());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Averages where they are asked for: saved ones go on, otherwise the weights begin them. */
  private static Optional<AveragedWeights> average(
      TransformerClassifier model, Map<String, HostTensor> saved, TrainingSettings settings) {
    return settings.emaDecay() == 0
        ? Optional.empty()
        : Optional.of(
            new AveragedWeights(
                model, saved.isEmpty() ? model.snapshot() : saved, settings.emaDecay()));
  }

  /** The model that is trained. Until the next step its weights stand still. */
  public TransformerClassifier model() {
    return model;
  }

  /**
   * The model to evaluate and to publish: the weights' average where one is kept, otherwise the
   * model that is trained. Until the next step its weights stand still.
   */
  public TransformerClassifier candidate() {
    return average.map(AveragedWeights::model).orElse(model);
  }

  /**
   * Begins the learning-rate schedule again behind the last step, warm-up first: for a stream that
   * has changed. The step that this falls on is part of the snapshot.
   */
  public void rewarm() {
    rate.rewarm(steps);
  }

  /** Steps applied so far. */
  public long steps() {
    return steps;
  }

  /**
   * Trains on a batch. A loss or gradient norm that is not finite never reaches weights or moments:
   * the examples that are not finite alone are found and left out, the rest is trained.
   *
   * @throws NonFiniteWeightsException where the weights themselves are broken
   * @throws IllegalArgumentException for a label, a token or a length that the model does not have
   */
  public StepOutcome step(TokenBatch batch) {
    checkLabels(batch);
    ClippedStep whole = attempt(batch);
    if (whole.applied()) {
      return applied(whole, List.of());
    }
    probe.requireFiniteWeights();
    List<TokenizedExample> culprits = CulpritSearch.among(batch.examples(), this::isFinite);
    List<TokenizedExample> rest = without(batch.examples(), culprits);
    if (rest.isEmpty()) {
      return new StepOutcome.Rejected(
          describe(whole) + ": no example of the batch is finite alone", batch.examples());
    }
    ClippedStep others = attempt(TokenBatch.of(rest));
    return others.applied() ? applied(others, culprits) : oneByOne(rest, culprits);
  }

  /** Examples that are finite alone but not together: only their sum overflows. */
  private StepOutcome oneByOne(List<TokenizedExample> rest, List<TokenizedExample> culprits) {
    List<TokenizedExample> refused = new ArrayList<>(culprits);
    ClippedStep last = null;
    boolean spike = false;
    for (TokenizedExample example : rest) {
      ClippedStep single = attempt(TokenBatch.of(List.of(example)));
      if (single.applied()) {
        spike |= advance(single);
        last = single;
      } else {
        refused.add(example);
      }
    }
    return last == null
        ? new StepOutcome.Rejected("no example of the batch could be trained on", refused)
        : outcome(last, spike, refused);
  }

  private ClippedStep attempt(TokenBatch batch) {
    TorchOps.seed(nextSeed());
    try (NDManager scope = model.newScope()) {
      Objective.Gradients result = objective.gradients(scope, batch, true);
      return optimizer.step(model.operators(), result.loss(), result.gradients(), numbers());
    }
  }

  private boolean isFinite(List<TokenizedExample> examples) {
    TorchOps.seed(nextSeed());
    return objective.isFinite(TokenBatch.of(examples), true);
  }

  private long nextSeed() {
    return StepSeed.of(settings.seed(), steps + 1);
  }

  private AdamWNumbers numbers() {
    return new AdamWNumbers(
        steps + 1,
        rate.at(steps + 1),
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        settings.weightDecay(),
        settings.maxGradNorm());
  }

  private StepOutcome applied(ClippedStep step, List<TokenizedExample> refused) {
    return outcome(step, advance(step), refused);
  }

  /** Everything that follows a step which moved the weights; whether its norm was a spike. */
  private boolean advance(ClippedStep step) {
    steps++;
    average.ifPresent(weights -> weights.update(steps));
    rate.tellEnd(steps);
    return gradNorms.observe(steps, step.gradNorm());
  }

  private StepOutcome outcome(ClippedStep step, boolean spike, List<TokenizedExample> refused) {
    return new StepOutcome.Applied(
        steps, step.loss(), step.gradNorm(), spike, rate.at(steps), refused);
  }

  private String describe(ClippedStep step) {
    return "step " + (steps + 1) + ": loss " + step.loss() + ", gradient norm " + step.gradNorm();
  }

  private static List<TokenizedExample> without(
      List<TokenizedExample> examples, List<TokenizedExample> culprits) {
    Set<TokenizedExample> left = Collections.newSetFromMap(new IdentityHashMap<>());
    left.addAll(culprits);
    return examples.stream().filter(example -> !left.contains(example)).toList();
  }

  private void checkLabels(TokenBatch batch) {
    for (TokenizedExample example : batch.examples()) {
      if (example.label() < 0 || example.label() >= model.numLabels()) {
        throw new IllegalArgumentException(
            "label "
                + example.label()
                + " at "
                + example.position()
                + " is outside the model's "
                + model.numLabels()
                + " labels");
      }
    }
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
        model.snapshot(),
        optimizer.firstMoments(),
        optimizer.secondMoments(),
        average.map(weights -> weights.model().snapshot()).orElse(Map.of()),
        new StepHistory(rate.origin(), gradNorms.recent()));
  }

  /** Frees weights, averages and moments. */
  @Override
  public void close() {
    average.ifPresent(AveragedWeights::close);
    model.close();
  }
}
