package io.millrace.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of {@code BertForSequenceClassification}, by name, in the order of its file. */
final class ParameterShapes {

  private ParameterShapes() {}

  /** Every tensor with its shape. */
  static Map<String, long[]> of(ModelConfig config, int numLabels) {
    Map<String, long[]> shapes = new LinkedHashMap<>(encoder(config));
    shapes.putAll(pooler(config));
    shapes.putAll(classifier(config, numLabels));
    return shapes;
  }

  private static Map<String, long[]> encoder(ModelConfig config) {
    long width = config.hiddenSize();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    String embeddings = "bert.embeddings.";
    shapes.put(embeddings + "word_embeddings.weight", shape(config.vocabSize(), width));
    shapes.put(
        embeddings + "position_embeddings.weight", shape(config.maxPositionEmbeddings(), width));
    shapes.put(embeddings + "token_type_embeddings.weight", shape(config.typeVocabSize(), width));
    layerNorm(shapes, embeddings + "LayerNorm", width);
    for (int index = 0; index < config.numHiddenLayers(); index++) {
      String layer = "bert.encoder.layer." + index + ".";
      linear(shapes, layer + "attention.self.query", width, width);
      linear(shapes, layer + "attention.self.key", width, width);
      linear(shapes, layer + "attention.self.value", width, width);
      linear(shapes, layer + "attention.output.dense", width, width);
      layerNorm(shapes, layer + "attention.output.LayerNorm", width);
      linear(shapes, layer + "intermediate.dense", config.intermediateSize(), width);
      linear(shapes, layer + "output.dense", width, config.intermediateSize());
      layerNorm(shapes, layer + "output.LayerNorm", width);
    }
    return shapes;
  }

  /** The pooler's tensors: a base may lack them. */
  static Map<String, long[]> pooler(ModelConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    linear(shapes, "bert.pooler.dense", config.hiddenSize(), config.hiddenSize());
    return shapes;
  }

  /** The classifier's tensors: never taken from a base. */
  static Map<String, long[]> classifier(ModelConfig config, int numLabels) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    linear(shapes, "classifier", numLabels, config.hiddenSize());
    return shapes;
  }

  private static void linear(Map<String, long[]> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", shape(out, in));
    shapes.put(name + ".bias", shape(out));
  }

  private static void layerNorm(Map<String, long[]> shapes, String name, long width) {
    shapes.put(name + ".weight", shape(width));
    shapes.put(name + ".bias", shape(width));
  }

  private static long[] shape(long... dimensions) {
    return dimensions;
  }
}
