/**
 * What a run tells others: metric records and the outbox of a commit.
 *
 * <p>{@link io.millrace.event.Outbox} is part of the checkpoint and goes out in its transaction;
 * {@link io.millrace.event.MetricRecord}s go out as they come.
 *
 * <p>Floor 6.
 */
package io.millrace.event;
