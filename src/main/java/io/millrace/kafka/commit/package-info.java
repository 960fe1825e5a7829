/**
 * The commit: an owner's term, and its transactions.
 *
 * <p>{@link io.millrace.kafka.commit.KafkaClaims} begins a term, which fences the owner that had it
 * before. Its {@link io.millrace.kafka.commit.KafkaOwnership} commits checkpoints in transactions.
 *
 * <p>Floor 12.
 */
package io.millrace.kafka.commit;
