/**
 * The network: a BERT encoder under a classifier, and the bases that training starts from.
 *
 * <p>Start at {@link io.millrace.model.TransformerClassifier}, then read {@code BertEncoder} and
 * {@code BertLayer}: the arithmetic is DJL operators in the order of the paper. What lies above the
 * encoder is a {@code Head}, one for each {@link io.millrace.model.arch.Pooling}. Shapes: {@code B}
 * rows of a batch, {@code T} tokens, {@code H} hidden width, {@code F} feed-forward width, {@code
 * L} labels, {@code V} vocabulary. {@link io.millrace.model.BaseModels} finds and checks a base.
 *
 * <p>Every array belongs to one {@link ai.djl.ndarray.NDManager}: weights to the classifier's,
 * until it closes; what a pass makes to the scope that the caller opened for it.
 *
 * <p>Floor 2.
 */
package io.millrace.model;
