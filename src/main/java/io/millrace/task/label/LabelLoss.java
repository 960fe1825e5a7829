package io.millrace.task.label;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.task.Loss;
import io.millrace.task.LossSettings;
import io.millrace.task.LossWeights;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.TorchOps;

/**
 * What a step minimises, in nats: with the example weights {@code w}, the class weights {@code c}
 * and the labels {@code y}, the mean over all examples {@code i} of the step
 *
 * <pre>  sum_i w[i] * l[i] / sum_i w[i] * c[y[i]]</pre>
 *
 * of the loss of one example, with {@code p} the softmax of its logits over {@code L} classes,
 *
 * <pre>  l = sum_k q[k] * c[k] * (1 - p[k])^gamma * -log p[k]
 *   q[k] = (1 - smoothing) * [k = y] + smoothing / L</pre>
 *
 * <p>So class weights divide as in PyTorch's {@code CrossEntropyLoss}, by the weights of the true
 * classes: their scale has no effect, only their ratios have, and a batch of one class is not
 * weighted at all. With {@code gamma = 0} this is PyTorch's cross-entropy with {@code weight} and
 * {@code label_smoothing}; with {@code smoothing = 0} it is the focal loss of Lin et al.
 * (arXiv:1708.02002, eq. 5) with {@code c} as its alpha. With both, the focal factor scales the
 * term of each class by that class's own probability. The divisor has no focal factor in it:
 * examples that are easy make the loss smaller.
 *
 * <p>Sealed: each case is an operator of its own, so that plain cross-entropy costs one.
 */
public sealed interface LabelLoss extends Loss {

  /** The loss that the settings ask for. */
  static LabelLoss of(LossSettings settings) {
    double smoothing = settings.labelSmoothingFactor();
    if (settings.focalGamma() > 0) {
      return new Focal(settings.focalGamma(), smoothing);
    }
    return smoothing > 0 ? new SmoothedCrossEntropy(smoothing) : new CrossEntropy();
  }

  /** Neither smoothed nor focal: a class's weight then is a factor of its examples' weights. */
  record CrossEntropy() implements LabelLoss {
    @Override
    public NDArray of(
        TorchOps operators,
        NDManager scope,
        NDArray logits,
        TokenBatch batch,
        LossWeights weights) {
      return operators.crossEntropy(
          logits,
          scope.create(batch.groups()),
          scope.create(weights.sharesByClass(batch.examples())));
    }
  }

  /**
   * Cross-entropy with label smoothing.
   *
   * @param smoothing the part of the target that is spread over all classes, 0 to 1
   */
  record SmoothedCrossEntropy(double smoothing) implements LabelLoss {
    @Override
    public NDArray of(
        TorchOps operators,
        NDManager scope,
        NDArray logits,
        TokenBatch batch,
        LossWeights weights) {
      return operators.smoothedCrossEntropy(
          logits,
          scope.create(batch.groups()),
          scope.create(weights.shares(batch.examples())),
          scope.create(weights.byClass()),
          smoothing);
    }
  }

  /**
   * Focal loss, which counts what is predicted well already for less.
   *
   * @param gamma how much less, above 0
   * @param smoothing as above, 0 for none
   */
  record Focal(double gamma, double smoothing) implements LabelLoss {
    @Override
    public NDArray of(
        TorchOps operators,
        NDManager scope,
        NDArray logits,
        TokenBatch batch,
        LossWeights weights) {
      return operators.focalLoss(
          logits,
          scope.create(batch.groups()),
          scope.create(weights.shares(batch.examples())),
          scope.create(weights.byClass()),
          smoothing,
          gamma);
    }
  }
}
