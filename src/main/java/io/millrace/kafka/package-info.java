/**
 * The service's side of Kafka: what comes in, what goes out, who owns the input.
 *
 * <p>Inwards, start at {@link io.millrace.kafka.InputChannel}: one consumer of the examples and
 * held-out topics hands records to the pipeline and is held back by it. {@link
 * io.millrace.kafka.SingleOwnerAssignor} gives all partitions to one instance, {@link
 * io.millrace.kafka.PositionSeeker} starts them where the checkpoint says, {@link
 * io.millrace.kafka.KafkaInputProgress} reports back to the group for operators' eyes.
 *
 * <p>Outwards: {@link io.millrace.kafka.KafkaVersionSink} and {@link
 * io.millrace.kafka.KafkaDeadLetterSink} share one producer that never gives up, {@link
 * io.millrace.kafka.KafkaMetricsSink} has another that never holds training up.
 *
 * <p>The only package that knows messaging types. May import: pipeline, serving, value types.
 */
package io.millrace.kafka;
