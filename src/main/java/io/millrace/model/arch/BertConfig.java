package io.millrace.model.arch;

/**
 * The shape of a BERT classifier, by the names of Hugging Face's {@code config.json}.
 *
 * @param vocabSize rows of the word embedding
 * @param hiddenSize width of the encoder, {@code H}
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads heads; divides {@code hiddenSize}
 * @param intermediateSize width of the feed-forward, {@code F}
 * @param maxPositionEmbeddings rows of the position embedding: the longest text
 * @param typeVocabSize rows of the segment embedding
 * @param layerNormEps epsilon of every LayerNorm
 * @param hiddenDropoutProb dropout on hidden states and before the classifier
 * @param attentionProbsDropoutProb dropout on attention probabilities
 * @param classifierPooling what the classifier reads of a text
 * @param padTokenId the token behind short texts, for those who load a version; the mask hides it
 */
public record BertConfig(
    int vocabSize,
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int intermediateSize,
    int maxPositionEmbeddings,
    int typeVocabSize,
    double layerNormEps,
    double hiddenDropoutProb,
    double attentionProbsDropoutProb,
    Pooling classifierPooling,
    int padTokenId) {

  /** BERT's own padding, token 0. */
  public BertConfig(
      int vocabSize,
      int hiddenSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int intermediateSize,
      int maxPositionEmbeddings,
      int typeVocabSize,
      double layerNormEps,
      double hiddenDropoutProb,
      double attentionProbsDropoutProb,
      Pooling classifierPooling) {
    this(
        vocabSize,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        intermediateSize,
        maxPositionEmbeddings,
        typeVocabSize,
        layerNormEps,
        hiddenDropoutProb,
        attentionProbsDropoutProb,
        classifierPooling,
        0);
  }

  public BertConfig {
    requirePositive("vocab_size", vocabSize);
    requirePositive("hidden_size", hiddenSize);
    requirePositive("num_hidden_layers", numHiddenLayers);
    requirePositive("num_attention_heads", numAttentionHeads);
    requirePositive("intermediate_size", intermediateSize);
    requirePositive("max_position_embeddings", maxPositionEmbeddings);
    requirePositive("type_vocab_size", typeVocabSize);
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "hidden_size "
              + hiddenSize
              + " is not a multiple of num_attention_heads "
              + numAttentionHeads);
    }
    if (!(layerNormEps > 0)) {
      throw new IllegalArgumentException("layer_norm_eps must be above 0, is " + layerNormEps);
    }
    requireProbability("hidden_dropout_prob", hiddenDropoutProb);
    requireProbability("attention_probs_dropout_prob", attentionProbsDropoutProb);
    if (padTokenId < 0 || padTokenId >= vocabSize) {
      throw new IllegalArgumentException(
          "pad_token_id must be in [0, " + vocabSize + "), is " + padTokenId);
    }
  }

  /** The same encoder under a head with another pooling. */
  public BertConfig with(Pooling pooling) {
    return new BertConfig(
        vocabSize,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        intermediateSize,
        maxPositionEmbeddings,
        typeVocabSize,
        layerNormEps,
        hiddenDropoutProb,
        attentionProbsDropoutProb,
        pooling,
        padTokenId);
  }

  private static void requirePositive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be above 0, is " + value);
    }
  }

  private static void requireProbability(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), is " + value);
    }
  }
}
