/**
 * From records to work: decoding, labels, corrections, the bounded queue.
 *
 * <p>Start at {@link io.millrace.intake.Intake}. A {@link io.millrace.intake.Chunk} is consecutive
 * records of the input; what it holds is a function of offsets, so that a journal can repeat it.
 *
 * <p>Floor 7.
 */
package io.millrace.intake;
