/**
 * The state of the moment: status and the stream of events.
 *
 * <p>Start at {@link io.millrace.web.live.StatusResource}. {@link io.millrace.web.live.EventHub}
 * receives every metric record on the training thread and only enqueues it; its queues are bounded.
 *
 * <p>Floor 12.
 */
package io.millrace.web.live;
