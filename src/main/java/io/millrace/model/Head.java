package io.millrace.model;

import ai.djl.ndarray.NDArray;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.BertTensors;
import io.millrace.tokenize.TokenMatrix;

/**
 * What turns the encoder's hidden states into logits. Sealed: another head needs its tensors in
 * {@link BertTensors}, its form in {@code config.json}, and words in the model card about what
 * loads it.
 */
sealed interface Head permits ClsHead, MeanHead {

  static Head of(Parameters parameters, BertConfig config) {
    Dropout dropout = new Dropout(config.hiddenDropoutProb());
    Linear classifier = parameters.linear(BertTensors.CLASSIFIER);
    return switch (config.classifierPooling()) {
      case CLS -> new ClsHead(parameters.linear(BertTensors.POOLER), dropout, classifier);
      case MEAN -> new MeanHead(dropout, classifier);
    };
  }

  /**
   * Scores texts.
   *
   * @param hidden the last layer's hidden states, {@code [B, T, H]}
   * @param tokens which of them are padding
   * @param training whether dropout is on
   * @return logits {@code [B, L]}
   */
  NDArray apply(NDArray hidden, TokenMatrix tokens, boolean training);
}
