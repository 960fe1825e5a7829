/**
 * What learning from a stream is worth, measured on a file of labelled examples.
 *
 * <p>Start at {@link io.millrace.backtest.Backtest}: a file becomes an {@link
 * io.millrace.backtest.EventStream}, each {@code Strategy} walks along it, predicting first and
 * learning afterwards. What they predicted is a {@link io.millrace.backtest.BacktestResult}.
 *
 * <p>Floor 11.
 */
package io.millrace.backtest;
