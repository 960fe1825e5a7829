package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.BertConfig;
import io.millrace.torch.TorchOps;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The encoder. {@code B} rows of {@code T} tokens run through the layers as {@code B * T} rows of
 * {@code H}, because everything but attention treats tokens alone.
 *
 * @param embeddings tokens to vectors
 * @param layers in order
 */
record BertEncoder(BertEmbeddings embeddings, List<BertLayer> layers) {

  static BertEncoder of(Parameters parameters, BertConfig config, TorchOps operators) {
    return new BertEncoder(
        BertEmbeddings.of(parameters, config),
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(index -> BertLayer.of(parameters, config, operators, index))
            .toList());
  }

  /**
   * The last layer's hidden states, {@code [B, T, H]}, in {@code scope}. What a layer makes on the
   * way is let go behind it; autograd keeps what the backward pass needs, and no more.
   */
  NDArray encode(NDManager scope, EncoderInput input) {
    NDArray embedded = embeddings.apply(input);
    long width = embedded.getShape().get(2);
    NDArray hidden = embedded.reshape(-1, width);
    for (BertLayer layer : layers) {
      try (NDManager layerScope = scope.newSubManager()) {
        hidden.attach(layerScope);
        hidden = layer.apply(hidden, input);
        hidden.attach(scope);
      }
    }
    return hidden.reshape(input.rows(), input.length(), width);
  }
}
