/**
 * Whether Kafka and its topics are as the service needs them.
 *
 * <p>{@link io.millrace.kafka.health.TopicSetup} makes missing topics where it may and {@link
 * io.millrace.kafka.health.TopicChecks} names what is wrong with the others.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka.health;
