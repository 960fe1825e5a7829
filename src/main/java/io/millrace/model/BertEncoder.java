package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import io.millrace.torch.TorchOps;
import java.util.Map;

/**
 * The encoder of BERT (Devlin et al. 2018), post-LayerNorm, exact GELU, as Hugging Face's {@code
 * BertModel} computes it. B texts, T tokens, H width, h heads of size d.
 *
 * <p>Holds no arrays of its own: the parameters are the classifier's. What a layer leaves behind is
 * freed at the layer's end; in training autograd keeps what it needs for as long as the loss lives.
 */
final class BertEncoder {

  private final ModelConfig config;
  private final Map<String, NDArray> parameters;
  private final TorchOps ops;
  private final NDArray attentionDropout;

  BertEncoder(
      ModelConfig config, Map<String, NDArray> parameters, TorchOps ops, NDArray attentionDropout) {
    this.config = config;
    this.parameters = parameters;
    this.ops = ops;
    this.attentionDropout = attentionDropout;
  }

  /**
   * @param ids {@code [B, T]} int64
   * @param typeIds {@code [B, T]} int64
   * @param mask {@code [B, 1, 1, T]} boolean, null without padding
   * @return {@code [B, T, H]}, in {@code scope}
   */
  NDArray encode(NDManager scope, NDArray ids, NDArray typeIds, NDArray mask, boolean training) {
    NDArray hidden = embed(scope, ids, typeIds, training);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      try (NDManager ofLayer = scope.newSubManager()) {
        hidden.attach(ofLayer);
        hidden = layer("bert.encoder.layer." + layer, hidden, mask, training);
        hidden.attach(scope);
      }
    }
    return hidden;
  }

  private NDArray embed(NDManager scope, NDArray ids, NDArray typeIds, boolean training) {
    try (NDManager within = scope.newSubManager()) {
      NDArray words = lookUp(within, "bert.embeddings.word_embeddings.weight", ids);
      NDArray types = lookUp(within, "bert.embeddings.token_type_embeddings.weight", typeIds);
      NDArray positions =
          parameters
              .get("bert.embeddings.position_embeddings.weight")
              .get(new NDIndex("0:" + ids.getShape().get(1)));
      positions.attach(within);
      NDArray sum = words.add(types).add(positions);
      NDArray embedded = dropout(normalize("bert.embeddings.LayerNorm", sum), training);
      embedded.attach(scope);
      return embedded;
    }
  }

  private NDArray lookUp(NDManager within, String table, NDArray ids) {
    NDArray rows =
        Embedding.embedding(ids, parameters.get(table), SparseFormat.DENSE).singletonOrThrow();
    rows.attach(within);
    return rows;
  }

  private NDArray layer(String name, NDArray hidden, NDArray mask, boolean training) {
    NDArray attended = attention(name + ".attention.self", hidden, mask, training);
    NDArray projected = dropout(linear(name + ".attention.output.dense", attended), training);
    NDArray middle = normalize(name + ".attention.output.LayerNorm", projected.add(hidden));
    NDArray wide = Activation.gelu(linear(name + ".intermediate.dense", middle));
    NDArray narrow = dropout(linear(name + ".output.dense", wide), training);
    return normalize(name + ".output.LayerNorm", narrow.add(middle));
  }

  private NDArray attention(String name, NDArray hidden, NDArray mask, boolean training) {
    NDArray q = heads(linear(name + ".query", hidden));
    NDArray k = heads(linear(name + ".key", hidden));
    NDArray v = heads(linear(name + ".value", hidden));
    NDArray context = ops.attend(q, k, v, mask, training ? attentionDropout : null);
    return context.transpose(0, 2, 1, 3).reshape(hidden.getShape());
  }

  /** {@code [B, T, H]} to {@code [B, h, T, d]}. */
  private NDArray heads(NDArray states) {
    Shape shape = states.getShape();
    return states
        .reshape(shape.get(0), shape.get(1), config.numAttentionHeads(), config.headSize())
        .transpose(0, 2, 1, 3);
  }

  private NDArray linear(String name, NDArray input) {
    return Linear.linear(input, parameters.get(name + ".weight"), parameters.get(name + ".bias"))
        .singletonOrThrow();
  }

  private NDArray normalize(String name, NDArray input) {
    return LayerNorm.layerNorm(
            input,
            new Shape(config.hiddenSize()),
            parameters.get(name + ".weight"),
            parameters.get(name + ".bias"),
            (float) config.layerNormEps())
        .singletonOrThrow();
  }

  private NDArray dropout(NDArray input, boolean training) {
    return training && config.hiddenDropoutProb() > 0
        ? Dropout.dropout(input, (float) config.hiddenDropoutProb(), true).singletonOrThrow()
        : input;
  }

  /** {@code [B, T]} of 0 and 1 as {@link #encode} takes it. */
  static NDArray attentionMask(NDArray mask) {
    return mask.toType(DataType.BOOLEAN, false).expandDims(1).expandDims(1);
  }
}
