package io.millrace.training;

import ai.djl.ndarray.NDList;
import io.millrace.model.TransformerClassifier;
import io.millrace.torch.HostTensor;
import java.util.Map;

/**
 * An exponential moving average of the weights, as a model of its own: {@code average += (1 -
 * decay) * (weight - average)} behind each applied step (Polyak and Juditsky, 1992). The decay
 * itself rises with the steps, {@code (1 + N) / (10 + N)} up to the one given, so that the fresh
 * head's first weights are soon forgotten. Owns the copy until closed. Training thread only.
 */
final class AveragedWeights implements AutoCloseable {

  private final TransformerClassifier average;
  private final NDList averages;
  private final NDList weights;
  private final double decay;

  /**
   * @param model whose weights are averaged; it outlives this
   * @param start the averages to begin with, by the model's names; copied
   * @param decay of the average, between 0 and 1
   * @throws IllegalArgumentException naming the average that is missing or misshapen
   */
  AveragedWeights(TransformerClassifier model, Map<String, HostTensor> start, double decay) {
    this.average = TransformerClassifier.of(model.config(), start, model.device());
    this.averages = new NDList(average.parameters().values());
    this.weights = new NDList(model.parameters().values());
    this.decay = decay;
  }

  /** Takes in the weights that a step left behind. */
  void update(long step) {
    double now = Math.min(decay, (1.0 + step) / (10.0 + step));
    average.operators().updates().lerp(averages, weights, 1 - now);
  }

  /** The model that has the averages for weights. Until the next update they stand still. */
  TransformerClassifier model() {
    return average;
  }

  @Override
  public void close() {
    average.close();
  }
}
