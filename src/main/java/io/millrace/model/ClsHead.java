package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.millrace.tokenize.TokenMatrix;

/**
 * The head of {@code BertForSequenceClassification}: tanh pooler on [CLS], dropout, classifier.
 *
 * @param pooler {@code [H, H]}
 * @param dropout before the classifier
 * @param classifier {@code [L, H]}
 */
record ClsHead(Linear pooler, Dropout dropout, Linear classifier) implements Head {

  @Override
  public NDArray apply(NDArray hidden, TokenMatrix tokens, boolean training) {
    NDArray first = hidden.get(new NDIndex(":, 0"));
    return classifier.apply(dropout.apply(pooler.apply(first).tanh(), training));
  }
}
