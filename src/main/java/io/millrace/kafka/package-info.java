/**
 * What all of the service's Kafka clients share: settings, topics, headers.
 *
 * <p>Inwards, start at {@code kafka.input}; outwards, at {@code kafka.commit}. {@link
 * io.millrace.kafka.KafkaMetricsSink} sends metrics and never holds training up. Only these
 * packages know messaging types.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka;
