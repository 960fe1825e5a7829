package io.millrace.testing;

import ai.djl.Device;
import io.millrace.model.BertTensors;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random BERT that trains in milliseconds, and batches for it. */
public final class TinyBert {

  public static final int VOCAB = 50;

  private TinyBert() {}

  /** Two layers of width 16, with this dropout. */
  public static ModelConfig config(double dropout) {
    return new ModelConfig(VOCAB, 16, 2, 2, 32, 32, 2, 1e-12, dropout, dropout);
  }

  public static PretrainedModel base(double dropout) {
    ModelConfig config = config(dropout);
    Random random = new Random(7);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    BertTensors.encoder(config)
        .forEach((name, shape) -> weights.put(name, random(name, shape, random)));
    return new PretrainedModel("tiny", config, weights, new byte[0]);
  }

  public static TransformerClassifier classifier(double dropout, int labels) {
    return TransformerClassifier.fresh(base(dropout), labels, 1, Device.cpu());
  }

  public static TrainingSettings settings(Map<String, String> changes) {
    return new SmallRyeConfigBuilder()
        .withMapping(TrainingSettings.class)
        .withDefaultValues(changes)
        .build()
        .getConfigMapping(TrainingSettings.class);
  }

  /** A batch whose label is whether the text starts with an id in the upper half. */
  public static TokenBatch batch(int size, long seed) {
    Random random = new Random(seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int length = 3 + random.nextInt(8);
      int[] ids = new int[length];
      for (int j = 0; j < length; j++) {
        ids[j] = 1 + random.nextInt(VOCAB - 1);
      }
      examples.add(
          new TokenizedExample(
              "e" + i,
              new TokenizedText(ids, new int[length]),
              ids[1] > VOCAB / 2 ? 1 : 0,
              1,
              Examples.NOON,
              Examples.at(seed * 1000 + i)));
    }
    return TokenBatch.of(examples);
  }

  private static HostTensor random(String name, long[] shape, Random random) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    boolean isGamma = name.endsWith("LayerNorm.weight");
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextGaussian() * (isGamma ? 0.1 : 0.2)) + (isGamma ? 1 : 0);
    }
    return new HostTensor(shape, values);
  }
}
