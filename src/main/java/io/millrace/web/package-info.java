/**
 * What people and tools see of a running trainer: the REST interface, the event stream, health,
 * meters, and the page at {@code /} (its files are in {@code META-INF/resources}).
 *
 * <p>Start at {@link io.millrace.web.StatusResource}. {@link io.millrace.web.MetricsHistory} and
 * {@link io.millrace.web.EventHub} receive every metric record on the training thread and only
 * store or enqueue it; both are bounded. Every error is a {@link io.millrace.web.Problem}. Texts
 * are never logged nor repeated in errors.
 *
 * <p>May import: {@code pipeline} (its read-only views), {@code serving}, {@code publication},
 * {@code evaluation}, {@code tokenize} and {@code example}.
 */
package io.millrace.web;
