/**
 * Evaluation on examples that the weights were not trained on.
 *
 * <p>{@link io.millrace.heldout.HeldOutEvaluator} scores a model on the {@link
 * io.millrace.heldout.HeldOutWindow}; {@link io.millrace.heldout.PrequentialScore} scores each
 * training example before its step. Both are read beside what a constant answer would score.
 *
 * <p>Floor 5.
 */
package io.millrace.heldout;
