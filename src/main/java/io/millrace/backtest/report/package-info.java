/**
 * The report of a backtest: a table, a picture and JSON.
 *
 * <p>Start at {@link io.millrace.backtest.report.ReportMaker}. Intervals are by a bootstrap of
 * blocks, for neighbours in a stream are alike.
 *
 * <p>Floor 11.
 */
package io.millrace.backtest.report;
