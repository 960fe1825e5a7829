package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/**
 * The head of {@code BertForSequenceClassification}: tanh pooler on [CLS], dropout, classifier.
 *
 * @param pooler {@code [H, H]}
 * @param dropout before the classifier
 * @param classifier {@code [L, H]}
 */
record ClassificationHead(Linear pooler, Dropout dropout, Linear classifier) {

  static ClassificationHead of(Parameters parameters, ModelConfig config) {
    return new ClassificationHead(
        parameters.linear("bert.pooler.dense"),
        new Dropout(config.hiddenDropoutProb()),
        parameters.linear("classifier"));
  }

  /** {@code [B, T, H]} to logits {@code [B, L]}. */
  NDArray apply(NDArray hidden, boolean training) {
    NDArray first = hidden.get(new NDIndex(":, 0"));
    return classifier.apply(dropout.apply(pooler.apply(first).tanh(), training));
  }
}
