/**
 * The service's side of Kafka: what comes in, what goes out, who owns the input.
 *
 * <p>Inwards, start at {@link io.millrace.kafka.InputChannel}: one consumer of the examples and
 * held-out topics hands records to the pipeline and is held back by it. {@link
 * io.millrace.kafka.SingleOwnerAssignor} gives all partitions to one instance, {@link
 * io.millrace.kafka.PositionSeeker} makes it the owner and starts it where the last commit unit
 * ends.
 *
 * <p>Outwards: {@link io.millrace.kafka.KafkaClaims} begins an owner's term, its {@link
 * io.millrace.kafka.KafkaOwnership} commits units in transactions, {@link
 * io.millrace.kafka.KafkaMetricsSink} sends metrics and never holds training up.
 *
 * <p>The only package that knows messaging types. May import: pipeline, serving, value types.
 */
package io.millrace.kafka;
