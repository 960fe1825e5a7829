/**
 * The task seam: everything that depends on what a model is trained to answer.
 *
 * <p>Start at {@link io.millrace.task.Task}. The one task of this project is {@code task.label}; a
 * stranger's is found by its {@link io.millrace.task.TaskProvider}. Nothing outside of a task knows
 * which one it is.
 *
 * <p>Floor 4.
 */
package io.millrace.task;
