/**
 * Scores of predictions, from rows of scores to an {@link io.millrace.score.Evaluation}.
 *
 * <p>Start at {@link io.millrace.score.Scorer}. Undefined values are NaN, never 0; every figure
 * that decides something has an {@link io.millrace.score.Interval}. Nothing here runs a model.
 *
 * <p>Floor 3.
 */
package io.millrace.score;
