/**
 * One loaded version that answers.
 *
 * <p>{@link io.millrace.serving.model.ArtifactLoader} loads it. Each has a thread of its own,
 * {@link io.millrace.serving.model.MicroBatcher}'s, on which requests that come together are scored
 * together.
 *
 * <p>Floor 8.
 */
package io.millrace.serving.model;
