/**
 * Single-label classification: one of a set of labels, which may be learned and may grow.
 *
 * <p>Start at {@link io.millrace.task.label.LabelTask}.
 *
 * <p>Floor 4.
 */
package io.millrace.task.label;
