/**
 * Series of steps, evaluations and dead letters since the start, bounded.
 *
 * <p>{@link io.millrace.web.history.MetricsHistory} receives every metric record on the training
 * thread and only stores it.
 *
 * <p>Floor 12.
 */
package io.millrace.web.history;
