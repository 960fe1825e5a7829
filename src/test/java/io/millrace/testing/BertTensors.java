package io.millrace.testing;

import io.millrace.model.arch.BertConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and shapes of {@code BertForSequenceClassification}, in Hugging Face's order; without the
 * pooler where the pooling has none. Written down apart from the code that it is compared with.
 */
public final class BertTensors {

  private static final String POOLER = "bert.pooler.dense";
  private static final String CLASSIFIER = "classifier";

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

  private static void dense(Map<String, long[]> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  private static void layerNorm(Map<String, long[]> shapes, String name, long size) {
    shapes.put(name + ".weight", new long[] {size});
    shapes.put(name + ".bias", new long[] {size});
  }
}
