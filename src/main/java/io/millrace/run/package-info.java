/**
 * The run, read from top to bottom: start here.
 *
 * <p>{@link io.millrace.run.TrainingRun#turn} takes one optimizer step or does one other thing,
 * over ports: {@code WorkSource}, {@code RunJournal}, {@code RunCommit}, {@code Evaluations},
 * {@code RunControl}, {@code RunReport}, {@code RunClock}. {@link io.millrace.run.TrainingLoop}
 * waits between turns, {@link io.millrace.run.Trainer} holds at most one ownership, {@link
 * io.millrace.run.Pipeline} is the service's way in.
 *
 * <p>Floor 10.
 */
package io.millrace.run;
