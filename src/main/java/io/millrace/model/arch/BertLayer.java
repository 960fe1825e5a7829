package io.millrace.model.arch;

import io.millrace.model.block.Inputs;
import io.millrace.model.block.Ops;
import io.millrace.model.block.Weights;

/**
 * One layer of BERT: attention and feed-forward, each followed by dropout, a residual connection
 * and a LayerNorm (post-LN).
 *
 * @param config of the model
 * @param prefix of its parameters' names
 */
record BertLayer(BertConfig config, String prefix) {

  /**
   * @param index from 0
   */
  BertLayer(BertConfig config, int index) {
    this(config, "bert.encoder.layer." + index + ".");
  }

  /** {@code [B * T, H]} to {@code [B * T, H]}. */
  <T> T apply(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, T hidden) {
    T mixed =
        normal(ops, weights, "attention.output.", attended(ops, weights, inputs, hidden), hidden);
    T wide =
        ops.gelu(weights.linear(prefix + "intermediate.dense", mixed, config.intermediateSize()));
    return normal(ops, weights, "output.", wide, mixed);
  }

  /** Projects a branch, drops out, adds what it branched off from, and normalises. */
  private <T> T normal(Ops<T> ops, Weights<T> weights, String part, T branch, T trunk) {
    T projected = weights.linear(prefix + part + "dense", branch, config.hiddenSize());
    T sum = ops.add(ops.dropout(projected, config.hiddenDropoutProb()), trunk);
    return weights.layerNorm(prefix + part + "LayerNorm", sum, config.layerNormEps());
  }

  /** Multi-head self-attention, before the projection that follows it. */
  private <T> T attended(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, T hidden) {
    T attended =
        ops.attention(
            split(ops, weights, inputs, "query", hidden),
            split(ops, weights, inputs, "key", hidden),
            split(ops, weights, inputs, "value", hidden),
            inputs.mask(),
            config.attentionProbsDropoutProb());
    return ops.reshape(ops.transpose(attended, 0, 2, 1, 3), -1, config.hiddenSize());
  }

  /** {@code [B * T, H]} to {@code [B, heads, T, H / heads]}. */
  private <T> T split(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, String name, T hidden) {
    T rows = weights.linear(prefix + "attention.self." + name, hidden, config.hiddenSize());
    T heads = ops.reshape(rows, inputs.rows(), inputs.length(), config.numAttentionHeads(), -1);
    return ops.transpose(heads, 0, 2, 1, 3);
  }
}
