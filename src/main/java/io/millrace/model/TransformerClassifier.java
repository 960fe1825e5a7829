package io.millrace.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.BertConfigJson;
import io.millrace.model.arch.BertTensors;
import io.millrace.model.arch.Pooling;
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

/**
 * A BERT text classifier: Hugging Face's {@code BertForSequenceClassification} in names, shapes and
 * arithmetic, or the same encoder under a {@link Pooling#MEAN mean} of its tokens.
 *
 * <p>Memory: the model has one {@link NDManager} that owns weights and operators until {@link
 * #close()}. What a pass makes belongs to the scope that the caller hands in ({@link #newScope()})
 * and is freed when the caller closes that; {@link #logits} opens and closes its own.
 *
 * <p>Threads: one thread, the owner, may change the weights (that is what a fine-tuner does). While
 * it does, all calls are its own. A model that nobody changes may score on any number of threads.
 */
public final class TransformerClassifier implements AutoCloseable {

  /** The table {@code [V, H]} that tokens are looked up in. */
  public static final String WORD_EMBEDDINGS = "bert.embeddings.word_embeddings.weight";

  private static final String CLASSIFIER_WEIGHT = BertTensors.CLASSIFIER + ".weight";

  private final BertConfig config;
  private final int numLabels;
  private final NDManager owner;
  private final TorchOps operators;
  private final Parameters parameters;
  private final BertEncoder encoder;
  private final Head head;

  private TransformerClassifier(
      BertConfig config,
      int numLabels,
      Parameters parameters,
      TorchOps operators,
      NDManager owner) {
    this.config = config;
    this.numLabels = numLabels;
    this.owner = owner;
    this.parameters = parameters;
    this.operators = operators;
    this.encoder = BertEncoder.of(parameters, config, operators);
    this.head = Head.of(parameters, config);
  }

  /**
   * The base's encoder under a fresh classifier with the pooling of the base's config. A pooler is
   * the base's own, or fresh where it has none.
   *
   * @param seed of the fresh weights: equal seeds give equal weights
   */
  public static TransformerClassifier fresh(
      PretrainedModel base, int numLabels, long seed, Device device) {
    return of(base.config(), FreshHead.addTo(base, numLabels, seed), device);
  }

  /**
   * A model with these weights, copied.
   *
   * @param weights by Hugging Face name, head included; the classifier's rows say how many labels
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static TransformerClassifier of(
      BertConfig config, Map<String, HostTensor> weights, Device device) {
    HostTensor classifier = weights.get(CLASSIFIER_WEIGHT);
    if (classifier == null || classifier.shape().length != 2) {
      throw new IllegalArgumentException(
          "tensor "
              + CLASSIFIER_WEIGHT
              + (classifier == null
                  ? " is missing"
                  : " has shape " + Arrays.toString(classifier.shape()))
              + ", expected [labels, "
              + config.hiddenSize()
              + "]");
    }
    NDManager owner = NDManager.newBaseManager(device, "PyTorch");
    try {
      int numLabels = Math.toIntExact(classifier.shape()[0]);
      return new TransformerClassifier(
          config,
          numLabels,
          Parameters.load(owner, BertTensors.all(config, numLabels), weights),
          TorchOps.load(owner),
          owner);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /**
   * A model from a Hugging Face directory, head included.
   *
   * @param folder holds {@code config.json} and {@code model.safetensors}
   * @throws IOException when a file cannot be read
   * @throws BaseModelException naming file and field when the config is not a BERT's
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static TransformerClassifier read(Path folder, Device device) throws IOException {
    return of(
        BertConfigJson.read(folder.resolve("config.json")),
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
    return new TransformerClassifier(config, numLabels, parameters.with(others), operators, own);
  }

  /** A model with a copy of this one's weights, which lives no longer than this model. */
  public TransformerClassifier copy() {
    try (NDManager scope = newScope()) {
      return sharing(Tensors.copy(parameters(), scope));
    }
  }

  public BertConfig config() {
    return config;
  }

  /** Rows of the classifier, {@code L}. */
  public int numLabels() {
    return numLabels;
  }

  public Device device() {
    return owner.getDevice();
  }

  /** The live weights by Hugging Face name, in the order of its file. The model owns them. */
  public Map<String, NDArray> parameters() {
    return parameters.arrays();
  }

  /**
   * The operators that this model's graph is made of, for those who extend it (loss, gradients).
   */
  public TorchOps operators() {
    return operators;
  }

  /** A copy of the weights in Java memory. Owner thread. */
  public Map<String, HostTensor> snapshot() {
    return Tensors.toHost(parameters());
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
    return head.apply(encode(scope, tokens, words, training), tokens, training);
  }

  /** The last layer's hidden states, {@code [B, T, H]}, in {@code scope}. */
  NDArray encode(NDManager scope, TokenMatrix tokens, WordRows words, boolean training) {
    TokenLimits.check(tokens, config);
    return encoder.encode(scope, EncoderInput.of(scope, tokens, words, training));
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
