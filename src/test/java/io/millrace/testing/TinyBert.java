package io.millrace.testing;

import io.millrace.example.RecordPosition;
import io.millrace.model.ModelConfig;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.HostTensor;
import io.millrace.training.TrainingSettings;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A BERT small enough for a thousand steps in a test, with random weights. */
public final class TinyBert {

  public static final int VOCAB = 200;
  public static final int HIDDEN = 32;
  public static final int LABELS = 2;

  private TinyBert() {}

  public static ModelConfig config(double dropout) {
    return new ModelConfig(VOCAB, HIDDEN, 2, 4, 64, 32, 2, 1e-12, dropout, dropout);
  }

  /** A base without pooler, as the embedded one is. */
  public static PretrainedModel base(double dropout) {
    ModelConfig config = config(dropout);
    Random random = new Random(1);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    String embeddings = "bert.embeddings.";
    weights.put(embeddings + "word_embeddings.weight", normal(random, VOCAB, HIDDEN));
    weights.put(
        embeddings + "position_embeddings.weight",
        normal(random, config.maxPositionEmbeddings(), HIDDEN));
    weights.put(embeddings + "token_type_embeddings.weight", normal(random, 2, HIDDEN));
    layerNorm(weights, embeddings + "LayerNorm");
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      String prefix = "bert.encoder.layer." + layer + ".";
      for (String name : List.of("query", "key", "value")) {
        linear(weights, random, prefix + "attention.self." + name, HIDDEN, HIDDEN);
      }
      linear(weights, random, prefix + "attention.output.dense", HIDDEN, HIDDEN);
      layerNorm(weights, prefix + "attention.output.LayerNorm");
      linear(weights, random, prefix + "intermediate.dense", config.intermediateSize(), HIDDEN);
      linear(weights, random, prefix + "output.dense", HIDDEN, config.intermediateSize());
      layerNorm(weights, prefix + "output.LayerNorm");
    }
    return new PretrainedModel("test:tiny", config, weights, new byte[0]);
  }

  public static TransformerClassifier model(double dropout) {
    return TransformerClassifier.fresh(base(dropout), LABELS, 42, ai.djl.Device.cpu());
  }

  /** Weights by full name, head included. */
  public static Map<String, HostTensor> weights(double dropout) {
    try (TransformerClassifier model = model(dropout)) {
      return new HashMap<>(model.snapshot());
    }
  }

  /** Default settings but for these ({@code millrace.training.*}). */
  public static TrainingSettings settings(Map<String, String> values) {
    Map<String, String> prefixed = new HashMap<>();
    values.forEach((name, value) -> prefixed.put("millrace.training." + name, value));
    return new SmallRyeConfigBuilder()
        .withMapping(TrainingSettings.class)
        .withDefaultValues(prefixed)
        .build()
        .getConfigMapping(TrainingSettings.class);
  }

  /**
   * Random texts of different lengths whose label is told by their second token: separable.
   *
   * @param seed of the batch
   */
  public static TokenBatch batch(int size, long seed) {
    Random random = new Random(seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      examples.add(example(i, 4 + random.nextInt(8), 1.0, random));
    }
    return TokenBatch.of(examples);
  }

  /** One example of such a batch. */
  public static TokenizedExample example(int offset, int length, double weight, Random random) {
    int label = random.nextInt(LABELS);
    int[] ids = random.ints(length, 10, VOCAB).toArray();
    ids[0] = 1;
    ids[1] = 2 + label;
    return new TokenizedExample(
        "id" + offset,
        new TokenizedText(ids, new int[length]),
        label,
        weight,
        Examples.NOON,
        new RecordPosition("examples", 0, offset));
  }

  private static void linear(
      Map<String, HostTensor> weights, Random random, String name, int out, int in) {
    weights.put(name + ".weight", normal(random, out, in));
    weights.put(name + ".bias", normal(random, out));
  }

  private static void layerNorm(Map<String, HostTensor> weights, String name) {
    float[] ones = new float[HIDDEN];
    java.util.Arrays.fill(ones, 1);
    weights.put(name + ".weight", new HostTensor(new long[] {HIDDEN}, ones));
    weights.put(name + ".bias", new HostTensor(new long[] {HIDDEN}, new float[HIDDEN]));
  }

  private static HostTensor normal(Random random, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextGaussian() * 0.1);
    }
    return new HostTensor(shape, values);
  }
}
