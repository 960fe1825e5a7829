package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.millrace.model.arch.BertConfig;
import io.millrace.torch.TorchOps;

/**
 * One layer of BERT (Devlin et al., arXiv:1810.04805): attention and feed-forward, each with
 * dropout, a residual connection and a LayerNorm behind it (post-LN).
 *
 * @param attention mixes tokens
 * @param projection {@code [H, H]} behind attention
 * @param attentionNorm over {@code H}
 * @param expansion {@code [F, H]}
 * @param contraction {@code [H, F]}
 * @param outputNorm over {@code H}
 * @param dropout on both branches
 */
record BertLayer(
    SelfAttention attention,
    Linear projection,
    LayerNorm attentionNorm,
    Linear expansion,
    Linear contraction,
    LayerNorm outputNorm,
    Dropout dropout) {

  static BertLayer of(Parameters parameters, BertConfig config, TorchOps operators, int index) {
    String prefix = "bert.encoder.layer." + index + ".";
    return new BertLayer(
        SelfAttention.of(parameters, config, operators, prefix + "attention.self."),
        parameters.linear(prefix + "attention.output.dense"),
        parameters.layerNorm(prefix + "attention.output.LayerNorm", config),
        parameters.linear(prefix + "intermediate.dense"),
        parameters.linear(prefix + "output.dense"),
        parameters.layerNorm(prefix + "output.LayerNorm", config),
        new Dropout(config.hiddenDropoutProb()));
  }

  /** {@code [B * T, H]} to {@code [B * T, H]}. */
  NDArray apply(NDArray hidden, EncoderInput input) {
    NDArray attended = projection.apply(attention.apply(hidden, input));
    NDArray mixed = attentionNorm.apply(dropout.apply(attended, input.training()).add(hidden));
    NDArray fed = contraction.apply(Activation.gelu(expansion.apply(mixed)));
    return outputNorm.apply(dropout.apply(fed, input.training()).add(mixed));
  }
}
