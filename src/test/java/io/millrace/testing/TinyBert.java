package io.millrace.testing;

import ai.djl.Device;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.optim.TrainingSettings;
import io.millrace.replay.ReplaySettings;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.file.HostTensor;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.Arrays;
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

  public static BertConfig config(double dropout) {
    return new BertConfig(VOCAB, HIDDEN, 2, 4, 64, 32, 2, 1e-12, dropout, dropout, Pooling.CLS);
  }

  /** A base without pooler, as the embedded one is. */
  public static PretrainedModel base(double dropout) {
    BertConfig config = config(dropout);
    Random random = new Random(1);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    BertTensors.encoder(config)
        .forEach((name, shape) -> weights.put(name, random(name, shape, random)));
    return new PretrainedModel("test:tiny", new Bert(config), weights, new byte[0]);
  }

  /** With the mean of a text's tokens under the classifier. */
  public static TransformerClassifier meanPooled(double dropout) {
    return TransformerClassifier.fresh(base(dropout).with(Pooling.MEAN), LABELS, 42, Device.cpu());
  }

  public static TransformerClassifier classifier(double dropout, int labels) {
    return TransformerClassifier.fresh(base(dropout), labels, 42, Device.cpu());
  }

  public static TransformerClassifier model(double dropout) {
    return classifier(dropout, LABELS);
  }

  /** Weights by full name, head included. */
  public static Map<String, HostTensor> weights(double dropout) {
    try (TransformerClassifier model = model(dropout)) {
      return new HashMap<>(model.snapshot());
    }
  }

  /** Default settings but for these ({@code millrace.training.*}). */
  public static TrainingSettings settings(Map<String, String> values) {
    return settings(TrainingSettings.class, "millrace.training.", values);
  }

  /** Default settings but for these ({@code millrace.replay.*}); nothing is kept by itself. */
  public static ReplaySettings replay(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(Map.of("size", "0", "passes", "1"));
    all.putAll(values);
    return settings(ReplaySettings.class, "millrace.replay.", all);
  }

  private static <T> T settings(Class<T> mapping, String prefix, Map<String, String> values) {
    Map<String, String> prefixed = new HashMap<>();
    values.forEach((name, value) -> prefixed.put(prefix + name, value));
    return new SmallRyeConfigBuilder()
        .withMapping(mapping)
        .withDefaultValues(prefixed)
        .build()
        .getConfigMapping(mapping);
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
        new Target.Label(label),
        weight,
        Examples.NOON,
        new RecordPosition("examples", 0, offset));
  }

  private static HostTensor random(String name, long[] shape, Random random) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    float mean = name.endsWith("LayerNorm.weight") ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = mean + (float) (random.nextGaussian() * 0.1);
    }
    return new HostTensor(shape, values);
  }
}
