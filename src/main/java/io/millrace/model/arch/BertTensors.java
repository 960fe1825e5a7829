package io.millrace.model.arch;

import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and shapes of {@code BertForSequenceClassification}, in Hugging Face's order; without the
 * pooler where the pooling has none.
 */
public final class BertTensors {

  public static final String POOLER = "bert.pooler.dense";
  public static final String CLASSIFIER = "classifier";

  private BertTensors() {}

  /** Everything: encoder and head. */
  public static Map<String, long[]> all(BertConfig config, int numLabels) {
    Map<String, long[]> shapes = new LinkedHashMap<>(encoder(config));
    shapes.putAll(head(config, numLabels));
    return shapes;
  }

  public static Map<String, long[]> encoder(BertConfig config) {
    long hidden = config.hiddenSize();
    long wide = config.intermediateSize();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    String embeddings = "bert.embeddings.";
    shapes.put(embeddings + "word_embeddings.weight", new long[] {config.vocabSize(), hidden});
    shapes.put(
        embeddings + "position_embeddings.weight",
        new long[] {config.maxPositionEmbeddings(), hidden});
    shapes.put(
        embeddings + "token_type_embeddings.weight", new long[] {config.typeVocabSize(), hidden});
    layerNorm(shapes, embeddings + "LayerNorm", hidden);
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      String layer = "bert.encoder.layer." + i + ".";
      dense(shapes, layer + "attention.self.query", hidden, hidden);
      dense(shapes, layer + "attention.self.key", hidden, hidden);
      dense(shapes, layer + "attention.self.value", hidden, hidden);
      dense(shapes, layer + "attention.output.dense", hidden, hidden);
      layerNorm(shapes, layer + "attention.output.LayerNorm", hidden);
      dense(shapes, layer + "intermediate.dense", wide, hidden);
      dense(shapes, layer + "output.dense", hidden, wide);
      layerNorm(shapes, layer + "output.LayerNorm", hidden);
    }
    return shapes;
  }

  public static Map<String, long[]> pooler(BertConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    dense(shapes, POOLER, config.hiddenSize(), config.hiddenSize());
    return shapes;
  }

  /** What the config's pooling has above the encoder. */
  public static Map<String, long[]> head(BertConfig config, int numLabels) {
    Map<String, long[]> shapes =
        switch (config.classifierPooling()) {
          case CLS -> pooler(config);
          case MEAN -> new LinkedHashMap<>();
        };
    dense(shapes, CLASSIFIER, numLabels, config.hiddenSize());
    return shapes;
  }

  /**
   * @throws IllegalArgumentException naming the first tensor that is missing or of another shape,
   *     with expected and found shape
   */
  public static void check(Map<String, HostTensor> weights, Map<String, long[]> expected) {
    expected.forEach(
        (name, shape) -> {
          HostTensor found = weights.get(name);
          if (found == null) {
            throw new IllegalArgumentException(
                "tensor %s is missing, expected shape %s".formatted(name, Arrays.toString(shape)));
          }
          if (!Arrays.equals(found.shape(), shape)) {
            throw new IllegalArgumentException(
                "tensor %s has shape %s, expected %s"
                    .formatted(name, Arrays.toString(found.shape()), Arrays.toString(shape)));
          }
        });
  }

  /**
   * @throws IllegalArgumentException naming the first tensor with a value that is not finite: one
   *     is enough to make every loss so
   */
  public static void checkFinite(Map<String, HostTensor> weights) {
    weights.forEach(
        (name, tensor) -> {
          float[] data = tensor.data();
          for (int i = 0; i < data.length; i++) {
            if (!Float.isFinite(data[i])) {
              throw new IllegalArgumentException(
                  "tensor %s has the value %s at %d of %d, expected finite values"
                      .formatted(name, data[i], i, data.length));
            }
          }
        });
  }

  private static void dense(Map<String, long[]> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  private static void layerNorm(Map<String, long[]> shapes, String name, long size) {
    shapes.put(name + ".weight", new long[] {size});
    shapes.put(name + ".bias", new long[] {size});
  }
}
