/**
 * Meters for operators.
 *
 * <p>They show whether the service makes progress: what blocks it, who owns the model, and how long
 * it takes until what was trained is safe. {@code deploy/prometheus-rules.yaml} alerts on them.
 *
 * <p>Floor 12.
 */
package io.millrace.web.meter;
