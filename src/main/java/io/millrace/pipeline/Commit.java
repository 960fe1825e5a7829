package io.millrace.pipeline;

/**
 * What one transaction says.
 *
 * @param unit the unit's id, the metadata of each offset
 * @param positions next offset of every partition
 * @param outbox what the unit announces
 */
public record Commit(String unit, InputPositions positions, Outbox outbox) {}
