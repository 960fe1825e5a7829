package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import io.millrace.model.arch.BertConfig;

/**
 * Word, segment and position embeddings, summed and normalised.
 *
 * @param words {@code [V, H]}
 * @param positions {@code [P, H]}
 * @param types {@code [S, H]}
 * @param norm over {@code H}
 * @param dropout on the result
 */
record BertEmbeddings(
    NDArray words, NDArray positions, NDArray types, LayerNorm norm, Dropout dropout) {

  static BertEmbeddings of(Parameters parameters, BertConfig config) {
    String prefix = "bert.embeddings.";
    return new BertEmbeddings(
        parameters.get(prefix + "word_embeddings.weight"),
        parameters.get(prefix + "position_embeddings.weight"),
        parameters.get(prefix + "token_type_embeddings.weight"),
        parameters.layerNorm(prefix + "LayerNorm", config),
        new Dropout(config.hiddenDropoutProb()));
  }

  /** Embeds a batch: {@code [B, T, H]}. */
  NDArray apply(EncoderInput input) {
    NDArray sum =
        lookUp(input.ids(), input.words() == null ? words : input.words())
            .add(lookUp(input.typeIds(), types))
            .add(lookUp(input.positions(), positions));
    return dropout.apply(norm.apply(sum), input.training());
  }

  private static NDArray lookUp(NDArray ids, NDArray table) {
    return Embedding.embedding(ids, table, SparseFormat.DENSE).head();
  }
}
