/**
 * Topics that every instance reads on its own, outside any group, and commands sent.
 *
 * <p>{@link io.millrace.kafka.follow.TopicFollower} is the consumer; {@link
 * io.millrace.kafka.follow.ControlChannel} and {@link io.millrace.kafka.follow.VersionsFollower}
 * say what a record means.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka.follow;
