/**
 * Examples that are trained on again.
 *
 * <p>Start at {@link io.millrace.replay.ReplayBuffer}.
 *
 * <p>Floor 5.
 */
package io.millrace.replay;
