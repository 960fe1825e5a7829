package io.millrace.model;

import ai.djl.ndarray.NDArray;
import io.millrace.model.arch.BertConfig;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchOps.Attention;

/**
 * Multi-head self-attention without the projection behind it.
 *
 * @param query {@code [H, H]}
 * @param key {@code [H, H]}
 * @param value {@code [H, H]}
 * @param heads the number of heads
 * @param training attention with dropout on its probabilities
 * @param scoring attention without
 */
record SelfAttention(
    Linear query, Linear key, Linear value, int heads, Attention training, Attention scoring) {

  static SelfAttention of(
      Parameters parameters, BertConfig config, TorchOps operators, String prefix) {
    return new SelfAttention(
        parameters.linear(prefix + "query"),
        parameters.linear(prefix + "key"),
        parameters.linear(prefix + "value"),
        config.numAttentionHeads(),
        operators.attention(config.attentionProbsDropoutProb()),
        operators.attention(0));
  }

  /** Attends within each row of the batch: {@code [B * T, H]} to {@code [B * T, H]}. */
  NDArray apply(NDArray hidden, EncoderInput input) {
    Attention attention = input.training() ? training : scoring;
    NDArray attended =
        attention.apply(
            split(query.apply(hidden), input),
            split(key.apply(hidden), input),
            split(value.apply(hidden), input),
            input.mask());
    return attended.transpose(0, 2, 1, 3).reshape(hidden.getShape());
  }

  /** {@code [B * T, H]} to {@code [B, heads, T, H / heads]}, a view. */
  private NDArray split(NDArray rows, EncoderInput input) {
    return rows.reshape(input.rows(), input.length(), heads, -1).transpose(0, 2, 1, 3);
  }
}
