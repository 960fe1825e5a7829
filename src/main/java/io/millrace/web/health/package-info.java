/**
 * Readiness, liveness and start-up of training, for an orchestrator.
 *
 * <p>Kafka's own checks are in {@code kafka.health}.
 *
 * <p>Floor 12.
 */
package io.millrace.web.health;
