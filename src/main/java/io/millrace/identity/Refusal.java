package io.millrace.identity;

/**
 * Reason why training does not continue from a checkpoint.
 *
 * @param cause what differs, with both values
 * @param remedy how to correct it, and the option that accepts it on purpose if there is one
 */
public record Refusal(String cause, String remedy) {}
