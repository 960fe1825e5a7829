package io.millrace.identity;

/**
 * The last record read from a partition. A different log is very unlikely to have a record with the
 * same timestamp at that offset.
 *
 * @param offset where it stands
 * @param timeMillis its timestamp; negative where it has none
 */
public record LastRead(long offset, long timeMillis) {}
