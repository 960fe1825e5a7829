/**
 * What stands in the way of the service right now, in words for an operator.
 *
 * <p>Each part that waits for something outside of it reports to {@link
 * io.millrace.problem.OpenProblems}, and takes the report back once it goes on. Status, meters,
 * readiness and alerts read from there, so that nobody has to search the log.
 *
 * <p>Floor 1.
 */
package io.millrace.problem;
