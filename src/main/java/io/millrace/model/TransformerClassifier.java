package io.millrace.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.HostTensor;
import io.millrace.torch.TorchOps;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Hugging Face's {@code BertForSequenceClassification} to the letter: encoder, pooler (dense and
 * tanh on [CLS]), dropout, classifier.
 *
 * <p>Owns its parameters, on one device, until closed. While they change, one thread uses it; once
 * frozen, {@link #logits} may be called from any.
 */
public final class TransformerClassifier implements AutoCloseable {

  private static final double INITIALIZER_RANGE = 0.02;

  private final ModelConfig config;
  private final int numLabels;
  private final NDManager manager;
  private final TorchOps ops;
  private final Map<String, NDArray> parameters;
  private final BertEncoder encoder;

  private TransformerClassifier(
      ModelConfig config, int numLabels, Map<String, HostTensor> weights, Device device) {
    this.config = config;
    this.numLabels = numLabels;
    manager = NDManager.newBaseManager(device, "PyTorch");
    ops = new TorchOps(device);
    Map<String, NDArray> loaded = new LinkedHashMap<>();
    BertTensors.all(config, numLabels)
        .forEach(
            (name, shape) -> {
              HostTensor tensor = weights.get(name);
              loaded.put(name, manager.create(FloatBuffer.wrap(tensor.data()), new Shape(shape)));
            });
    parameters = Collections.unmodifiableMap(loaded);
    encoder =
        new BertEncoder(
            config, parameters, ops, TorchOps.scalar(manager, config.attentionProbsDropoutProb()));
  }

  /**
   * A base with a fresh classifier, and a fresh pooler where the base has none: normal with
   * deviation 0.02 as Hugging Face initialises them, biases 0.
   *
   * @param seed of the fresh parts
   */
  public static TransformerClassifier fresh(
      PretrainedModel base, int numLabels, long seed, Device device) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(base.weights());
    Random random = new Random(seed);
    BertTensors.pooler(base.config())
        .forEach((name, shape) -> weights.computeIfAbsent(name, n -> initial(n, shape, random)));
    BertTensors.classifier(base.config(), numLabels)
        .forEach((name, shape) -> weights.put(name, initial(name, shape, random)));
    return of(base.config(), weights, device);
  }

  /**
   * From all weights by their Hugging Face names.
   *
   * @throws IllegalArgumentException naming tensor, expected and found shape where one is missing
   *     or of another shape
   */
  public static TransformerClassifier of(
      ModelConfig config, Map<String, HostTensor> weights, Device device) {
    HostTensor bias = weights.get("classifier.bias");
    if (bias == null) {
      throw new IllegalArgumentException("tensor classifier.bias is missing");
    }
    int numLabels = bias.data().length;
    BertTensors.check(weights, BertTensors.all(config, numLabels));
    return new TransformerClassifier(config, numLabels, weights, device);
  }

  public ModelConfig config() {
    return config;
  }

  public int numLabels() {
    return numLabels;
  }

  public Device device() {
    return manager.getDevice();
  }

  public TorchOps ops() {
    return ops;
  }

  /** The live parameters by Hugging Face name, in Hugging Face's order. Owned by this. */
  public Map<String, NDArray> parameters() {
    return parameters;
  }

  /** A copy of the parameters. On the thread that changes them. */
  public Map<String, HostTensor> snapshot() {
    Map<String, HostTensor> copy = new LinkedHashMap<>();
    parameters.forEach(
        (name, array) ->
            copy.put(name, new HostTensor(array.getShape().getShape(), array.toFloatArray())));
    return copy;
  }

  /**
   * @param scope owner of all that is made
   * @param training with dropout
   * @return logits {@code [B, L]}
   * @throws IllegalArgumentException when a text is longer than the model's positions
   */
  public NDArray forward(NDManager scope, TokenMatrix tokens, boolean training) {
    NDArray hidden = encode(scope, tokens, training);
    NDArray pooled = linear("bert.pooler.dense", hidden.get(new NDIndex(":, 0"))).tanh();
    NDArray dropped =
        training && config.hiddenDropoutProb() > 0
            ? Dropout.dropout(pooled, (float) config.hiddenDropoutProb(), true).singletonOrThrow()
            : pooled;
    return linear("classifier", dropped);
  }

  /** Hidden states {@code [B, T, H]} of the last layer, in {@code scope}. */
  NDArray encode(NDManager scope, TokenMatrix tokens, boolean training) {
    if (tokens.length() > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          "a text has %d tokens, the model reads at most %d"
              .formatted(tokens.length(), config.maxPositionEmbeddings()));
    }
    Shape shape = new Shape(tokens.rows(), tokens.length());
    NDArray ids = scope.create(tokens.ids(), shape);
    NDArray typeIds = scope.create(tokens.typeIds(), shape);
    NDArray mask =
        tokens.tokens() == tokens.paddedTokens()
            ? null
            : BertEncoder.attentionMask(scope.create(tokens.mask(), shape));
    return encoder.encode(scope, ids, typeIds, mask, training);
  }

  /**
   * Predicts, without dropout and without a graph; frees all it made.
   *
   * @return {@code [B][L]} logits
   */
  public float[][] logits(TokenMatrix tokens) {
    return TorchOps.withGradients(
        false,
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            float[] flat = forward(scope, tokens, false).toFloatArray();
            float[][] rows = new float[tokens.rows()][numLabels];
            for (int row = 0; row < rows.length; row++) {
              System.arraycopy(flat, row * numLabels, rows[row], 0, numLabels);
            }
            return rows;
          }
        });
  }

  private NDArray linear(String name, NDArray input) {
    return Linear.linear(input, parameters.get(name + ".weight"), parameters.get(name + ".bias"))
        .singletonOrThrow();
  }

  private static HostTensor initial(String name, long[] shape, Random random) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    if (name.endsWith(".weight")) {
      for (int i = 0; i < size; i++) {
        values[i] = (float) (random.nextGaussian() * INITIALIZER_RANGE);
      }
    }
    return new HostTensor(shape, values);
  }

  @Override
  public void close() {
    ops.close();
    manager.close();
  }
}
