package io.millrace.task;

import io.millrace.tokenize.TokenizedExample;
import java.util.List;

/**
 * How much each example of a step counts in its loss ({@link Loss} has the formula). Micro-batches
 * of one step share one instance, so that it does not matter how the step is split.
 */
public final class LossWeights {

  private final double[] classWeights;
  private final double total;

  private LossWeights(double[] classWeights, double total) {
    this.classWeights = classWeights;
    this.total = total;
  }

  /**
   * @param step all examples of the step
   * @param classWeights {@code [L]} by class, all above 0
   */
  public static LossWeights of(List<TokenizedExample> step, double[] classWeights) {
    double total = 0;
    for (TokenizedExample example : step) {
      total += example.weight() * classWeights[example.target().group()];
    }
    return new LossWeights(classWeights, total);
  }

  /**
   * Weights divided by the divisor, in double precision: examples that are finite each are then
   * finite together, since the loss is a mixture of theirs.
   */
  public float[] shares(List<TokenizedExample> batch) {
    float[] shares = new float[batch.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (batch.get(i).weight() / total);
    }
    return shares;
  }

  /** The same with the true class's weight as a factor: they sum to 1 over the step. */
  public float[] sharesByClass(List<TokenizedExample> batch) {
    float[] shares = new float[batch.size()];
    for (int i = 0; i < shares.length; i++) {
      TokenizedExample example = batch.get(i);
      shares[i] = (float) (example.weight() * classWeights[example.target().group()] / total);
    }
    return shares;
  }

  /** {@code [L]} the weights of the classes. */
  public float[] byClass() {
    float[] weights = new float[classWeights.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) classWeights[i];
    }
    return weights;
  }
}
