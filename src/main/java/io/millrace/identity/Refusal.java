package io.millrace.identity;

/**
 * Why a checkpoint is not gone on from.
 *
 * @param cause what differs, with both values
 * @param remedy how to mend it, and the command that accepts it on purpose where there is one
 */
public record Refusal(String cause, String remedy) {}
