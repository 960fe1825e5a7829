package io.millrace.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Architectures;
import io.millrace.model.arch.BaseModelException;
import io.millrace.model.block.FrozenBase;
import io.millrace.model.block.ModelParameters;
import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.Pass;
import io.millrace.model.block.WordRows;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.GradMode;
import io.millrace.torch.Tensors;
import io.millrace.torch.TorchOps;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A text classifier: an {@link Architecture}, its weights and the device that it runs on.
 *
 * <p>Memory: the model has one {@link NDManager} that owns weights and operators until {@link
 * #close()}. What a pass makes belongs to the scope that the caller hands in ({@link #newScope()})
 * and is freed when the caller closes that; {@link #logits} opens and closes its own.
 *
 * <p>Threads: one thread, the owner, may change the weights (that is what a fine-tuner does). While
 * it does, all calls are its own. A model that nobody changes may score on any number of threads.
 */
public final class TransformerClassifier implements AutoCloseable {

  private final Architecture architecture;
  private final int numLabels;
  private final NDManager owner;
  private final TorchOps operators;
  private final ModelParameters parameters;

  private TransformerClassifier(
      Architecture architecture,
      int numLabels,
      ModelParameters parameters,
      TorchOps operators,
      NDManager owner) {
    this.architecture = architecture;
    this.numLabels = numLabels;
    this.owner = owner;
    this.parameters = parameters;
    this.operators = operators;
  }

  /**
   * The base's body under a fresh classifier. The rest of the head is the base's own, or fresh
   * where it has none.
   *
   * @param seed of the fresh weights: equal seeds give equal weights
   */
  public static TransformerClassifier fresh(
      PretrainedModel base, int numLabels, long seed, Device device) {
    return of(base.architecture(), FreshHead.addTo(base, numLabels, seed), device);
  }

  /**
   * A model with these weights, copied.
   *
   * @param weights by name, head included; the outputs' rows say how many labels
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static TransformerClassifier of(
      Architecture architecture, Map<String, HostTensor> weights, Device device) {
    return of(architecture, FrozenBase.NONE, weights, device);
  }

  /**
   * A model that reads some of its weights from a base, and has copies of the others.
   *
   * @param base outlives this
   * @param weights by name, those that the base lacks; the outputs' rows say how many labels
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static TransformerClassifier of(
      Architecture architecture, FrozenBase base, Map<String, HostTensor> weights, Device device) {
    int numLabels = numLabels(architecture, weights);
    NDManager owner = NDManager.newBaseManager(device, "PyTorch");
    try {
      return new TransformerClassifier(
          architecture,
          numLabels,
          ModelParameters.load(owner, architecture.parameters(numLabels), base, weights),
          TorchOps.load(owner),
          owner);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  private static int numLabels(Architecture architecture, Map<String, HostTensor> weights) {
    ParameterSpec rows = architecture.parameters(1).with(Role.OUTPUT).get(0);
    HostTensor found = weights.get(rows.name());
    if (found == null || found.shape().length != rows.shape().length) {
      throw new IllegalArgumentException(
          "tensor %s %s, expected [labels, %d]"
              .formatted(
                  rows.name(),
                  found == null ? "is missing" : "has shape " + Arrays.toString(found.shape()),
                  rows.shape()[1]));
    }
    return Math.toIntExact(found.shape()[0]);
  }

  /**
   * A model from a Hugging Face directory, head included.
   *
   * @param folder holds {@code config.json} and {@code model.safetensors}
   * @throws IOException when a file cannot be read
   * @throws BaseModelException naming file and field when no architecture reads the config
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static TransformerClassifier read(Path folder, Device device) throws IOException {
    return of(
        Architectures.read(folder.resolve("config.json")),
        Safetensors.read(folder.resolve("model.safetensors")),
        device);
  }

  /**
   * A model that shares this one's weights but for some of its own. It sees what happens to the
   * shared ones, and lives no longer than this model.
   *
   * @param others by name; the new model takes them over and frees them at its {@link #close()}
   */
  public TransformerClassifier sharing(Map<String, NDArray> others) {
    NDManager own = owner.newSubManager();
    others.values().forEach(array -> array.attach(own));
    return new TransformerClassifier(
        architecture, numLabels, parameters.with(others), operators, own);
  }

  /**
   * A model of its own over the same base.
   *
   * @param weights its trainable ones by name, copied
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public TransformerClassifier having(Map<String, HostTensor> weights) {
    return of(architecture, parameters.base(), weights, device());
  }

  /** A model with a copy of this one's weights, which lives no longer than this model. */
  public TransformerClassifier copy() {
    try (NDManager scope = newScope()) {
      return sharing(Tensors.copy(parameters.trainable(), scope));
    }
  }

  public Architecture architecture() {
    return architecture;
  }

  /** The number of outputs, {@code L}. */
  public int numLabels() {
    return numLabels;
  }

  public Device device() {
    return owner.getDevice();
  }

  /** The live weights. The model owns the trainable ones. */
  public ModelParameters parameters() {
    return parameters;
  }

  /**
   * The operators that this model's graph is made of, for those who extend it (loss, gradients).
   */
  public TorchOps operators() {
    return operators;
  }

  /** A copy of all weights in Java memory, in the order of the file. Owner thread. */
  public Map<String, HostTensor> snapshot() {
    return parameters.merged();
  }

  /** A manager on the model's device for what one pass makes. The caller closes it. */
  public NDManager newScope() {
    return owner.newSubManager();
  }

  /**
   * Runs the model, recording for gradients where the thread's {@link GradMode} does.
   *
   * @param scope owns the result
   * @param training whether dropout is on
   * @return logits {@code [B, L]}
   * @throws IllegalArgumentException where a text is longer than the model's positions, or a token
   *     is none of its vocabulary
   */
  public NDArray forward(NDManager scope, TokenMatrix tokens, boolean training) {
    return forward(scope, tokens, null, training);
  }

  /**
   * As above, but words are looked up in rows taken out of the table.
   *
   * @param words holds all tokens of the texts; null for the model's own table
   */
  public NDArray forward(NDManager scope, TokenMatrix tokens, WordRows words, boolean training) {
    Pass pass = pass(scope, tokens, words, training);
    return architecture.outputs(pass.ops(), pass.weights(), pass.inputs(), numLabels);
  }

  /** What the architecture is run with on a batch. */
  Pass pass(NDManager scope, TokenMatrix tokens, WordRows words, boolean training) {
    architecture.limits().check(tokens);
    return Pass.of(scope, operators, parameters, tokens, Optional.ofNullable(words), training);
  }

  /**
   * Scores texts without dropout and without recording. All native memory of the pass is freed
   * before it returns.
   *
   * @return {@code [B][L]}
   */
  public float[][] logits(TokenMatrix tokens) {
    try (NDManager scope = newScope();
        GradMode off = GradMode.off()) {
      float[] flat = forward(scope, tokens, false).toFloatArray();
      float[][] rows = new float[tokens.rows()][];
      for (int row = 0; row < rows.length; row++) {
        rows[row] = Arrays.copyOfRange(flat, row * numLabels, (row + 1) * numLabels);
      }
      return rows;
    }
  }

  /** Frees the weights. Harmless a second time. */
  @Override
  public void close() {
    owner.close();
  }
}
