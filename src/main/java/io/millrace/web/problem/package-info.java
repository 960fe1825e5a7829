/**
 * Errors as RFC 9457 problems.
 *
 * <p>Every error is a {@link io.millrace.web.problem.Problem}. It never repeats what was sent.
 *
 * <p>By hand, because the extensions that map exceptions to problems repeat the JSON parser's
 * messages, and those hold what was sent.
 *
 * <p>Floor 12.
 */
package io.millrace.web.problem;
