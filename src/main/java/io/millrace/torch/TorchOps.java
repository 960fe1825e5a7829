package io.millrace.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Operators of libtorch that DJL does not bind, reached through one TorchScript module whose source
 * is the resource {@code torch_ops.py}. What an operator returns is attached to the manager of its
 * first argument. Any thread may call them.
 */
public final class TorchOps {

  private final NDManager scalars;
  private final TorchScriptModule module;

  private TorchOps(NDManager owner) {
    this.scalars = owner.newSubManager(Device.cpu()); // read by the host at each call
    this.module = TorchScriptModule.load(owner, "TorchOps", source());
  }

  /** Compiles the operators; they live as long as {@code owner}. */
  public static TorchOps load(NDManager owner) {
    return new TorchOps(owner);
  }

  /** The TorchScript source of the operators. */
  public static String source() {
    try (InputStream in = TorchOps.class.getResourceAsStream("torch_ops.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource torch_ops.py", e);
    }
  }

  /**
   * Seeds the generator that dropout draws from. It is one for the whole process: a run is
   * reproducible as long as one thread trains.
   */
  public static void seed(long seed) {
    JniUtils.setSeed(seed);
  }

  /** Attention with a fixed dropout probability; 0 switches dropout off. */
  public Attention attention(double dropout) {
    NDArray probability = scalars.create(dropout);
    return (query, key, value, mask) ->
        mask == null
            ? module.call("attention", query, key, value, probability).head()
            : module.call("masked_attention", query, key, value, probability, mask).head();
  }

  /** Scaled dot-product attention, softmax(Q K^T / sqrt(d) + mask) V. */
  @FunctionalInterface
  public interface Attention {
    /**
     * Attends.
     *
     * @param query {@code [B, heads, T, d]}
     * @param key {@code [B, heads, T, d]}
     * @param value {@code [B, heads, T, d]}
     * @param mask {@code [B, 1, 1, T]}, 0 for a token and -infinity for padding; null where nothing
     *     is padded
     * @return {@code [B, heads, T, d]}
     */
    NDArray apply(NDArray query, NDArray key, NDArray value, NDArray mask);
  }

  /**
   * Weighted mean cross-entropy in nats, a scalar.
   *
   * @param logits {@code [B, L]}
   * @param labels {@code [B]} int64 indices below {@code L}
   * @param shares {@code [B]} each example's part of the mean; they sum to 1
   */
  public NDArray crossEntropy(NDArray logits, NDArray labels, NDArray shares) {
    return module.call("cross_entropy", logits, labels, shares).head();
  }

  /**
   * Gradients of a scalar by the parameters, in their order: new arrays in the scalar's manager,
   * independent of those of any step before. Frees the recorded graph.
   */
  public NDList gradients(NDArray loss, NDList parameters) {
    return module.callWithList("gradients", parameters, loss);
  }

  /** The 2-norm of all arrays together; not finite where one value is not. */
  public double globalNorm(NDList arrays) {
    try (GradMode off = GradMode.off();
        NDArray norm = module.callWithList("global_norm", arrays).head()) {
      return norm.getFloat();
    }
  }

  /**
   * One step of AdamW (Loshchilov and Hutter, arXiv:1711.05101) with the gradients first scaled
   * down to a global norm over both groups. Where loss or norm is not finite nothing is written.
   *
   * @param loss the scalar that the gradients are of
   * @param decayed the group with weight decay
   * @param plain the group without: bias and LayerNorm
   */
  public ClippedStep clippedAdamW(
      NDArray loss, AdamWTensors decayed, AdamWTensors plain, AdamWNumbers numbers) {
    double[] lossAndNorm =
        module.update(
            "clipped_adamw",
            IValue.from((PtNDArray) loss),
            TorchScriptModule.tensors(decayed.parameters()),
            TorchScriptModule.tensors(decayed.gradients()),
            TorchScriptModule.tensors(decayed.firstMoments()),
            TorchScriptModule.tensors(decayed.secondMoments()),
            TorchScriptModule.tensors(plain.parameters()),
            TorchScriptModule.tensors(plain.gradients()),
            TorchScriptModule.tensors(plain.firstMoments()),
            TorchScriptModule.tensors(plain.secondMoments()),
            IValue.from((double) numbers.step()),
            IValue.from(numbers.learningRate()),
            IValue.from(numbers.beta1()),
            IValue.from(numbers.beta2()),
            IValue.from(numbers.epsilon()),
            IValue.from(numbers.weightDecay()),
            IValue.from(numbers.maxNorm()));
    return new ClippedStep(lossAndNorm[0], lossAndNorm[1]);
  }

  /**
   * Moves arrays towards others in place, {@code array += weight * (target - array)}, outside
   * autograd.
   *
   * @param arrays what moves, aligned with {@code targets} by index
   * @param weight 0 for nowhere, 1 for all the way
   */
  public void lerp(NDList arrays, NDList targets, double weight) {
    module.update(
        "lerp",
        TorchScriptModule.tensors(arrays),
        TorchScriptModule.tensors(targets),
        IValue.from(weight));
  }

  /**
   * What one group of an AdamW step reads and writes, aligned by index.
   *
   * @param parameters the weights
   * @param gradients their gradients, spent by the step
   * @param firstMoments running means of the gradients
   * @param secondMoments running means of their squares
   */
  public record AdamWTensors(
      NDList parameters, NDList gradients, NDList firstMoments, NDList secondMoments) {}

  /**
   * AdamW's numbers for one step.
   *
   * @param step the step's number, from 1, for the correction of the moments' bias
   * @param learningRate the rate
   * @param beta1 decay of the first moments
   * @param beta2 decay of the second moments
   * @param epsilon added to the root of the second moments
   * @param weightDecay decoupled decay, times the rate
   * @param maxNorm the global norm above which gradients are scaled down to it
   */
  public record AdamWNumbers(
      long step,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxNorm) {}

  /**
   * What a step saw.
   *
   * @param loss the loss
   * @param gradNorm the gradients' global norm before clipping
   */
  public record ClippedStep(double loss, double gradNorm) {

    /** Whether the weights were updated; otherwise they and the moments are as before. */
    public boolean applied() {
      return Double.isFinite(loss) && Double.isFinite(gradNorm);
    }
  }
}
