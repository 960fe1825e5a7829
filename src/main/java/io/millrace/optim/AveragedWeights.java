package io.millrace.optim;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.torch.Tensors;
import io.millrace.torch.file.HostTensor;
import java.util.Map;
import java.util.Optional;

/**
 * An exponential moving average of the weights, as a model of its own: {@code average += (1 -
 * decay) * (weight - average)} behind each applied step (Polyak and Juditsky, 1992). The decay
 * itself rises with the steps, {@code (1 + N) / (10 + N)} up to the one given, so that the fresh
 * head's first weights are soon forgotten. Owns the copy until closed. Training thread only.
 */
public final class AveragedWeights implements AutoCloseable {

  private final TransformerClassifier average;
  private final NDList averages;
  private final NDList weights;
  private final double decay;

  /**
   * @param model whose weights are averaged; it outlives this
   * @param average the averages to begin with; taken over
   * @param decay of the average, between 0 and 1
   */
  private AveragedWeights(
      TransformerClassifier model, TransformerClassifier average, double decay) {
    this.average = average;
    this.averages = new NDList(average.parameters().trainable().values());
    this.weights = new NDList(model.parameters().trainable().values());
    this.decay = decay;
  }

  /**
   * Averages where they are asked for: saved ones go on, otherwise the weights begin them.
   *
   * @throws IllegalArgumentException naming the average that is missing or misshapen
   */
  public static Optional<AveragedWeights> of(OptimizedModel optimized, StartingPoint start) {
    double decay = optimized.settings().emaDecay();
    if (decay == 0) {
      return Optional.empty();
    }
    TransformerClassifier model = optimized.model();
    Map<String, HostTensor> from =
        start.averages().isEmpty() ? model.parameters().snapshot() : start.averages();
    return Optional.of(new AveragedWeights(model, model.having(from), decay));
  }

  /**
   * Averages that go on from these by themselves.
   *
   * @param copy of the model; it outlives them
   */
  public AveragedWeights copy(TransformerClassifier copy) {
    try (NDManager scope = copy.newScope()) {
      return new AveragedWeights(
          copy, copy.sharing(Tensors.copy(average.parameters().trainable(), scope)), decay);
    }
  }

  /** Takes in the weights that a step left behind. */
  public void update(long step) {
    double now = Math.min(decay, (1.0 + step) / (10.0 + step));
    average.operators().updates().lerp(averages, weights, 1 - now);
  }

  /** The model that has the averages for weights. Until the next update they stand still. */
  public TransformerClassifier model() {
    return average;
  }

  @Override
  public void close() {
    average.close();
  }
}
