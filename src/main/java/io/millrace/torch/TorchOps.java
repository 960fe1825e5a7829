package io.millrace.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Operators of libtorch that DJL does not bind, reached through one TorchScript module whose source
 * is the resource {@code torch_ops.py}. What an operator returns is attached to the manager of its
 * first argument. Any thread may call them.
 */
public final class TorchOps {

  private final NDManager scalars;
  private final Map<Double, NDArray> probabilities = new ConcurrentHashMap<>();
  private final TorchScriptModule module;
  private final UpdateOps updates;

  private TorchOps(NDManager owner) {
    this.scalars = owner.newSubManager(Device.cpu()); // read by the host at each call
    this.module = TorchScriptModule.load(owner, "TorchOps", source());
    this.updates = new UpdateOps(module);
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
    NDArray probability = probabilities.computeIfAbsent(dropout, p -> scalars.create((double) p));
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
   * Weighted mean cross-entropy with label smoothing, as PyTorch defines both, a scalar in nats.
   *
   * @param logits {@code [B, L]}
   * @param labels {@code [B]} int64 indices below {@code L}
   * @param shares {@code [B]} what each example's loss is multiplied by before they are summed
   * @param classWeights {@code [L]} what each class's term is multiplied by
   * @param smoothing part of the target spread evenly over the classes, 0 to 1
   */
  public NDArray smoothedCrossEntropy(
      NDArray logits, NDArray labels, NDArray shares, NDArray classWeights, double smoothing) {
    try (NDArray spread = scalars.create(smoothing)) {
      return module
          .call("smoothed_cross_entropy", logits, labels, shares, classWeights, spread)
          .head();
    }
  }

  /**
   * Like {@link #smoothedCrossEntropy}, with each class's term times {@code (1 - p)^gamma} of its
   * own probability: the focal loss (Lin et al., arXiv:1708.02002).
   *
   * @param gamma above 0
   */
  public NDArray focalLoss(
      NDArray logits,
      NDArray labels,
      NDArray shares,
      NDArray classWeights,
      double smoothing,
      double gamma) {
    try (NDArray spread = scalars.create(smoothing);
        NDArray exponent = scalars.create(gamma)) {
      return module
          .call("focal_loss", logits, labels, shares, classWeights, spread, exponent)
          .head();
    }
  }

  /**
   * Gradients of a scalar by the parameters, in their order: new arrays in the scalar's manager,
   * independent of the draws of any earlier step. Frees the recorded graph.
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

  /** The operators that change weights. */
  public UpdateOps updates() {
    return updates;
  }
}
