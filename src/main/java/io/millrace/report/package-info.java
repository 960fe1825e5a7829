/**
 * What the rest of the service may see of the run.
 *
 * <p>{@link io.millrace.report.StatusView} is read by any thread and never blocks.
 *
 * <p>Floor 8.
 */
package io.millrace.report;
