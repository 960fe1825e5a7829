/**
 * The input: one consumer of the examples and held-out topics.
 *
 * <p>{@link io.millrace.kafka.input.InputChannel} hands records to the pipeline and is held back by
 * it. {@link io.millrace.kafka.input.SingleOwnerAssignor} gives all partitions to one instance.
 * {@link io.millrace.kafka.input.PositionSeeker} makes it the owner and starts it where the last
 * checkpoint ends.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka.input;
