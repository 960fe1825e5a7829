/**
 * How good the weights are, on examples they were not trained on.
 *
 * <p>{@link io.millrace.evaluation.HeldOutEvaluator} scores a model on the {@link
 * io.millrace.evaluation.HeldOutWindow}; {@link io.millrace.evaluation.PrequentialScore} scores
 * each training example before its step. Both are read beside what a constant answer would score.
 * Undefined values are NaN, never 0.
 *
 * <p>May import: {@code model}, {@code tokenize} and {@code example}.
 */
package io.millrace.evaluation;
