package io.millrace.model.arch;

import io.millrace.model.block.Inputs;
import io.millrace.model.block.Ops;
import io.millrace.model.block.Weights;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * BERT (Devlin et al., arXiv:1810.04805) under a classifier: Hugging Face's {@code
 * BertForSequenceClassification} in names, shapes and arithmetic, or the same encoder under a
 * {@linkplain Pooling#MEAN mean} of its tokens.
 *
 * @param config its shape
 */
public record Bert(BertConfig config) implements Architecture {

  private static final String EMBEDDINGS = "bert.embeddings.";
  private static final String POOLER = "bert.pooler.dense";
  private static final String CLASSIFIER = "classifier";

  @Override
  public <T> T outputs(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, int outputs) {
    T hidden = hidden(ops, weights, inputs);
    Weights<T> head = weights.head(config.numHiddenLayers() + 1);
    T text =
        switch (config.classifierPooling()) {
          case CLS -> ops.tanh(head.linear(POOLER, ops.first(hidden), config.hiddenSize()));
          // One product, [B, 1, T] with [B, T, H]: masking first would copy all hidden states.
          case MEAN ->
              ops.reshape(ops.matMul(inputs.shares(), hidden), inputs.rows(), config.hiddenSize());
        };
    return head.outputs(CLASSIFIER, ops.dropout(text, config.hiddenDropoutProb()), outputs);
  }

  /**
   * The encoder. {@code B} rows of {@code T} tokens run through the layers as {@code B * T} rows of
   * {@code H}, because everything but attention treats tokens alone.
   *
   * @return the last layer's hidden states, {@code [B, T, H]}
   */
  public <T> T hidden(Ops<T> ops, Weights<T> weights, Inputs<T> inputs) {
    T hidden = ops.reshape(embedded(ops, weights.at(0), inputs), -1, config.hiddenSize());
    for (int index = 0; index < config.numHiddenLayers(); index++) {
      BertLayer layer = new BertLayer(config, index);
      Weights<T> its = weights.at(index + 1);
      hidden = ops.layer(hidden, rows -> layer.apply(ops, its, inputs, rows));
    }
    return ops.reshape(hidden, inputs.rows(), inputs.length(), config.hiddenSize());
  }

  /** Word, segment and position embeddings, summed and normalised: {@code [B, T, H]}. */
  private <T> T embedded(Ops<T> ops, Weights<T> weights, Inputs<T> inputs) {
    int width = config.hiddenSize();
    T words = weights.words(EMBEDDINGS + "word_embeddings.weight", config.vocabSize(), width);
    T positions =
        weights.lookUp(
            EMBEDDINGS + "position_embeddings.weight",
            inputs.positions(),
            config.maxPositionEmbeddings(),
            width);
    T segments =
        weights.lookUp(
            EMBEDDINGS + "token_type_embeddings.weight",
            inputs.segments(),
            config.typeVocabSize(),
            width);
    T sum = ops.add(ops.add(words, segments), positions);
    T normal = weights.layerNorm(EMBEDDINGS + "LayerNorm", sum, config.layerNormEps());
    return ops.dropout(normal, config.hiddenDropoutProb());
  }

  @Override
  public InputLimits limits() {
    return new InputLimits(
        config.vocabSize(), config.typeVocabSize(), config.maxPositionEmbeddings());
  }

  @Override
  public byte[] configJson(List<String> labels) {
    return BertConfigJson.write(config, labels);
  }

  @Override
  public Set<Pooling> poolings() {
    return EnumSet.allOf(Pooling.class);
  }

  @Override
  public Architecture with(Pooling pooling) {
    return new Bert(config.with(pooling));
  }

  @Override
  public List<String> aliases(String parameter) {
    return BertAliases.of(parameter);
  }

  @Override
  public ModelUse use() {
    return BertUse.of(config.classifierPooling());
  }
}
