package io.millrace.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.ModelConfig;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.TorchOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes training steps on a classifier. Owns it and the optimizer's state until closed. One thread,
 * the training thread: the random state of a step is a function of seed and step number, and it is
 * the process's only one.
 */
public final class FineTuner implements AutoCloseable {

  /** [CLS] [SEP] of BERT's vocabulary would do; any ids do, as only finiteness is asked. */
  private static final TokenMatrix PROBE =
      TokenMatrix.of(List.of(new TokenizedText(new int[] {0, 1}, new int[] {0, 0})));

  private final TransformerClassifier model;
  private final TrainingSettings settings;
  private final LearningRateSchedule schedule;
  private final AdamW optimizer;
  private final NDManager manager;
  private long steps;

  /** Starts at step 0 with a cold optimizer. Takes ownership of the model. */
  public FineTuner(TransformerClassifier model, TrainingSettings settings) {
    this(model, settings, new FineTunerState(0, Map.of(), Map.of(), Map.of()));
  }

  private FineTuner(TransformerClassifier model, TrainingSettings settings, FineTunerState state) {
    this.model = model;
    this.settings = settings;
    this.schedule = new LearningRateSchedule(settings.learningRate(), settings.warmupSteps());
    this.optimizer = new AdamW(model, settings, state.firstMoments(), state.secondMoments());
    this.manager = NDManager.newBaseManager(model.device(), "PyTorch");
    this.steps = state.step();
    model.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
  }

  /** Goes on from a snapshot. */
  public static FineTuner restore(
      ModelConfig config, FineTunerState state, TrainingSettings settings, Device device) {
    return new FineTuner(
        TransformerClassifier.of(config, state.weights(), device), settings, state);
  }

  /** The model being trained. On the training thread only, as its weights move. */
  public TransformerClassifier model() {
    return model;
  }

  /** Steps done. */
  public long steps() {
    return steps;
  }

  /** A copy of everything, which another thread may write to disk. */
  public FineTunerState snapshot() {
    return new FineTunerState(
        steps, model.snapshot(), optimizer.firstMoments(), optimizer.secondMoments());
  }

  /**
   * Trains on a batch. When its loss or gradient norm is not finite, weights and moments stay as
   * they are, the examples that are not finite by themselves are found by halving, and the rest is
   * trained on.
   *
   * @throws NonFiniteWeightsException when not the examples but the weights are at fault
   */
  public StepOutcome step(TokenBatch batch) {
    long step = steps + 1;
    double rate = schedule.rate(step);
    double[] lossAndNorm = update(batch, step, rate);
    if (isFinite(lossAndNorm)) {
      steps = step;
      return new StepOutcome.Applied(step, lossAndNorm[0], lossAndNorm[1], rate, List.of());
    }
    if (!weightsAreFinite()) {
      throw new NonFiniteWeightsException(steps);
    }
    return withoutCulprits(batch, step, rate);
  }

  private StepOutcome withoutCulprits(TokenBatch batch, long step, double rate) {
    List<TokenizedExample> culprits = new ArrayList<>();
    findCulprits(batch.examples(), step, culprits);
    List<TokenizedExample> rest = new ArrayList<>(batch.examples());
    rest.removeAll(culprits);
    if (rest.isEmpty()) {
      return new StepOutcome.Rejected("every example of the batch is non-finite", culprits);
    }
    double[] lossAndNorm = update(TokenBatch.of(rest), step, rate);
    if (isFinite(lossAndNorm)) {
      steps = step;
      return new StepOutcome.Applied(step, lossAndNorm[0], lossAndNorm[1], rate, culprits);
    }
    // Finite one by one but not together: only their sum overflows, which clipping cannot see.
    return trainOneByOne(rest, culprits);
  }

  private StepOutcome trainOneByOne(List<TokenizedExample> rest, List<TokenizedExample> culprits) {
    StepOutcome last = new StepOutcome.Rejected("no example could be trained on", rest);
    for (TokenizedExample example : rest) {
      double rate = schedule.rate(steps + 1);
      double[] lossAndNorm = update(TokenBatch.of(List.of(example)), steps + 1, rate);
      if (isFinite(lossAndNorm)) {
        steps++;
        last = new StepOutcome.Applied(steps, lossAndNorm[0], lossAndNorm[1], rate, culprits);
      } else {
        culprits.add(example);
      }
    }
    return last instanceof StepOutcome.Applied applied
        ? new StepOutcome.Applied(
            applied.step(), applied.loss(), applied.gradNorm(), applied.learningRate(), culprits)
        : last;
  }

  /** Halves until single examples remain; a half that is finite holds no culprit. */
  private void findCulprits(
      List<TokenizedExample> examples, long step, List<TokenizedExample> culprits) {
    if (isFinite(measure(TokenBatch.of(examples), step))) {
      return;
    }
    if (examples.size() == 1) {
      culprits.addAll(examples);
      return;
    }
    int middle = examples.size() / 2;
    findCulprits(examples.subList(0, middle), step, culprits);
    findCulprits(examples.subList(middle, examples.size()), step, culprits);
  }

  /** Loss and gradient norm of a batch, and an optimizer step if both are finite. */
  private double[] update(TokenBatch batch, long step, double rate) {
    return withLoss(batch, step, (scope, loss) -> optimizer.step(scope, loss, step, rate));
  }

  /** Loss and gradient norm of a batch; nothing moves. */
  private double[] measure(TokenBatch batch, long step) {
    return withLoss(batch, step, (scope, loss) -> optimizer.measure(loss));
  }

  private double[] withLoss(TokenBatch batch, long step, LossConsumer consumer) {
    // Seeded anew for each step, so that a restart draws what an uninterrupted run would.
    manager.getEngine().setRandomSeed((int) (settings.seed() * 1_000_003 + step));
    return TorchOps.withGradients(
        true,
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            NDArray logits = model.forward(scope, batch.tokens(), true);
            NDArray loss =
                model
                    .ops()
                    .loss(
                        logits,
                        scope.create(batch.labels(), new Shape(batch.size())),
                        scope.create(batch.weights(), new Shape(batch.size())));
            return consumer.accept(scope, loss);
          }
        });
  }

  private boolean weightsAreFinite() {
    for (float logit : model.logits(PROBE)[0]) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFinite(double[] lossAndNorm) {
    return Double.isFinite(lossAndNorm[0]) && Double.isFinite(lossAndNorm[1]);
  }

  @Override
  public void close() {
    optimizer.close();
    manager.close();
    model.close();
  }

  private interface LossConsumer {
    double[] accept(NDManager scope, NDArray loss);
  }
}
