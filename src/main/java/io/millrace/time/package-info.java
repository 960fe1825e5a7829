/**
 * The time of a run.
 *
 * <p>{@link io.millrace.time.RunClock} is injected, so that a backtest repeats and a test says what
 * time it is.
 *
 * <p>Floor 1.
 */
package io.millrace.time;
