package io.millrace.model.arch;

import java.util.Locale;

/**
 * Which vector of a text the classifier reads. Written to {@code config.json} as {@code
 * classifier_pooling}, a name and values that transformers has for ModernBERT and ignores for BERT.
 */
public enum Pooling {
  /** The first token's, [CLS], through a tanh layer of its own: as BERT was pretrained. */
  CLS("BertForSequenceClassification"),

  /**
   * The mean of all tokens', special ones included, padding not; nothing lies between it and the
   * classifier. No class of transformers computes that, so the file names the encoder alone: under
   * {@code BertForSequenceClassification} others would put a random pooler in front of the
   * classifier and answer with noise.
   */
  MEAN("BertModel");

  private final String architecture;

  Pooling(String architecture) {
    this.architecture = architecture;
  }

  /** The class of transformers that {@code config.json} names in {@code architectures}. */
  String architecture() {
    return architecture;
  }

  /** As setting and file have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
