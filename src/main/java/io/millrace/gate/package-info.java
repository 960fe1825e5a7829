/**
 * The promotion gate: whether a candidate replaces the current version.
 *
 * <p>{@link io.millrace.gate.PublicationPolicy} decides, from two evaluations of the same examples.
 * Each method names its source. Nothing here runs a model, reads a clock or keeps state: what
 * earlier evaluations used up of the error budget comes in as {@link
 * io.millrace.gate.InterimLooks}.
 *
 * <p>Floor 4.
 */
package io.millrace.gate;
