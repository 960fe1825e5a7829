package io.millrace.training;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.ModelConfig;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.TorchOps;
import io.millrace.torch.UpdateOps.LossAndNorm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
  private final Optimizer optimizer;
  private final Optional<LazyWordRows> words;
  private final Objective objective;
  private final WeightsProbe probe;
  private long steps;

  /** Starts with fresh moments at step 0. */
  public FineTuner(TransformerClassifier model, TrainingSettings settings) {
    this(
        OptimizedModel.of(model, settings),
        optimized -> Optimizer.fresh(optimized, model.newScope()),
        0);
  }

  /** As told which weights are trained, and how. */
  FineTuner(OptimizedModel optimized, Function<OptimizedModel, Optimizer> optimizer, long steps) {
    this.model = optimized.model();
    this.settings = optimized.settings();
    this.schedule = LearningRateSchedule.of(settings);
    this.optimizer = optimizer.apply(optimized);
    this.words =
        optimized.lazyWords() && this.optimizer instanceof AdamW adamW
            ? Optional.of(new LazyWordRows(optimized, adamW, steps))
            : Optional.empty();
    this.steps = steps;
    NDList parameters = this.optimizer.parameters();
    parameters.forEach(array -> array.setRequiresGradient(true));
    this.objective = new Objective(model, parameters, words);
    this.probe = new WeightsProbe(objective);
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
      FineTuner tuner =
          new FineTuner(
              OptimizedModel.of(model, settings),
              optimized -> Optimizer.restore(optimized, state, model.newScope()),
              state.step());
      state.lazyRows().ifPresent(tuner::restore);
      return tuner;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void restore(LazyRowsState state) {
    words
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the checkpoint has word embeddings whose rows lag behind; go on with AdamW on"
                        + " a CPU, embeddings not frozen, or start from a published version"))
        .restore(state);
  }

  /** The weights themselves; rows of the word embeddings may lag behind. */
  TransformerClassifier model() {
    return model;
  }

  /**
   * The model as it is after the last step, for evaluation and publication: it shares the weights,
   * so it is good until the next step. The caller closes it.
   */
  public TransformerClassifier current() {
    return model.sharing(
        words
            .map(
                rows ->
                    Map.of(TransformerClassifier.WORD_EMBEDDINGS, rows.current(model.newScope())))
            .orElse(Map.of()));
  }

  /**
   * Scores a batch by the weights before its step, without dropout.
   *
   * @return logits {@code [B][L]}
   */
  public float[][] logits(TokenBatch batch) {
    words.ifPresent(rows -> rows.settle(List.of(batch.tokens())));
    return model.logits(batch.tokens());
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
    LossAndNorm whole = attempt(batch);
    if (whole.isFinite()) {
      return applied(whole, List.of());
    }
    probe.requireFiniteWeights();
    List<TokenizedExample> culprits = CulpritSearch.among(batch.examples(), this::isFinite);
    List<TokenizedExample> rest = without(batch.examples(), culprits);
    if (rest.isEmpty()) {
      return new StepOutcome.Rejected(
          describe(whole) + ": no example of the batch is finite alone", batch.examples());
    }
    LossAndNorm others = attempt(TokenBatch.of(rest));
    return others.isFinite() ? applied(others, culprits) : oneByOne(rest, culprits);
  }

  /** Examples that are finite alone but not together: only their sum overflows. */
  private StepOutcome oneByOne(List<TokenizedExample> rest, List<TokenizedExample> culprits) {
    List<TokenizedExample> refused = new ArrayList<>(culprits);
    LossAndNorm last = null;
    for (TokenizedExample example : rest) {
      LossAndNorm single = attempt(TokenBatch.of(List.of(example)));
      if (single.isFinite()) {
        steps++;
        last = single;
      } else {
        refused.add(example);
      }
    }
    return last == null
        ? new StepOutcome.Rejected("no example of the batch could be trained on", refused)
        : new StepOutcome.Applied(steps, last.loss(), last.gradNorm(), schedule.at(steps), refused);
  }

  /** Computes a step, and applies it where loss and gradients are finite. */
  private LossAndNorm attempt(TokenBatch batch) {
    TorchOps.seed(nextSeed());
    try (NDManager scope = model.newScope()) {
      Objective.Gradients result = objective.gradients(scope, batch, true);
      LossAndNorm seen = model.operators().updates().lossAndNorm(result.loss(), result.gradients());
      if (seen.isFinite()) {
        apply(result, seen.gradNorm());
      }
      return seen;
    }
  }

  private void apply(Objective.Gradients result, double norm) {
    long step = steps + 1;
    double rate = schedule.at(step);
    double divisor = Math.max(1, (norm + 1e-6) / settings.maxGradNorm()); // as torch clips
    NDList gradients = result.gradients();
    int dense = gradients.size() - (result.taken().isPresent() ? 1 : 0);
    optimizer.step(gradients.subNDList(0, dense), step, rate, divisor);
    result
        .taken()
        .ifPresent(
            taken -> words.orElseThrow().step(taken, gradients.get(dense), step, rate, divisor));
  }

  private boolean isFinite(List<TokenizedExample> examples) {
    TorchOps.seed(nextSeed());
    return objective.isFinite(TokenBatch.of(examples), true);
  }

  private long nextSeed() {
    return StepSeed.of(settings.seed(), steps + 1);
  }

  private StepOutcome applied(LossAndNorm step, List<TokenizedExample> refused) {
    steps++;
    return new StepOutcome.Applied(
        steps, step.loss(), step.gradNorm(), schedule.at(steps), refused);
  }

  private String describe(LossAndNorm step) {
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
        steps,
        model.snapshot(),
        optimizer.firstMoments(),
        optimizer.secondMoments(),
        words.map(LazyWordRows::state));
  }

  /** Frees weights and moments. */
  @Override
  public void close() {
    model.close();
  }
}
