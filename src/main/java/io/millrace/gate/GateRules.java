package io.millrace.gate;

/**
 * What the gate needs to know of a task.
 *
 * @param test compares two models
 * @param headline what the golden set is watched by, for messages; higher is better
 * @param constant the answer that ignores the text, whose loss the first version must beat
 */
public record GateRules(PairedTest test, String headline, String constant) {}
