package io.millrace.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.millrace.model.ModelConfig;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchOps.AdamWNumbers;
import io.millrace.torch.TorchOps.ClippedStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
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
  private final LearningRateSchedule schedule;
  private final AdamW optimizer;
  private final Objective objective;
  private final WeightsProbe probe;
  private long steps;

  /** Starts with fresh moments at step 0. */
  public FineTuner(TransformerClassifier model, TrainingSettings settings) {
    this(model, settings, AdamW.fresh(model.parameters(), model.newScope()), 0);
  }

  private FineTuner(
      TransformerClassifier model, TrainingSettings settings, AdamW optimizer, long steps) {
    this.model = model;
    this.settings = settings;
    this.schedule = LearningRateSchedule.of(settings);
    this.optimizer = optimizer;
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
      return new FineTuner(model, settings, optimizer, state.step());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The model that is trained. Until the next step its weights stand still. */
  public TransformerClassifier model() {
    return model;
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
    for (TokenizedExample example : rest) {
      ClippedStep single = attempt(TokenBatch.of(List.of(example)));
      if (single.applied()) {
        steps++;
        last = single;
      } else {
        refused.add(example);
      }
    }
    return last == null
        ? new StepOutcome.Rejected("no example of the batch could be trained on", refused)
        : new StepOutcome.Applied(
            steps, last.loss(), last.gradNorm(), schedule.at(steps), refused);
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
        schedule.at(steps + 1),
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        settings.weightDecay(),
        settings.maxGradNorm());
  }

  private StepOutcome applied(ClippedStep step, List<TokenizedExample> refused) {
    steps++;
    return new StepOutcome.Applied(
        steps, step.loss(), step.gradNorm(), schedule.at(steps), refused);
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

  /** A copy of everything that the next step depends on, taken between steps. */
  public FineTunerState snapshot() {
    return new FineTunerState(
        steps, model.snapshot(), optimizer.firstMoments(), optimizer.secondMoments());
  }

  /** Frees weights and moments. */
  @Override
  public void close() {
    model.close();
  }
}
