/**
 * Errors as RFC 9457 problems.
 *
 * <p>Every error is a {@link io.millrace.web.problem.Problem}. It never repeats what was sent.
 *
 * <p>Floor 11.
 */
package io.millrace.web.problem;
