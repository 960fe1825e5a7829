/**
 * Meters for operators.
 *
 * <p>They tell whether the service gets on: what stands in its way, who owns the model, and how
 * long it takes until what was trained is safe. {@code deploy/prometheus-rules.yaml} alerts on
 * them.
 *
 * <p>Floor 11.
 */
package io.millrace.web.meter;
