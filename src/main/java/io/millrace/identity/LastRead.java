package io.millrace.identity;

/**
 * The last record that was read of a partition: what another log very likely does not have at the
 * same offset with the same time.
 *
 * @param offset where it stands
 * @param timeMillis its timestamp; negative where it has none
 */
public record LastRead(long offset, long timeMillis) {}
