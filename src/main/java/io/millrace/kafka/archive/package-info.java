/**
 * Repeated reads of records, for a rebuild, a search or the replay of dead letters.
 *
 * <p>{@link io.millrace.kafka.archive.KafkaRecordLog} reads a stretch of partitions; {@link
 * io.millrace.kafka.archive.DeadLetterReplay} sends refused records back.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka.archive;
