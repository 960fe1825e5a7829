/**
 * Commands to the trainer: what operators ask for, and what came of it.
 *
 * <p>{@link io.millrace.control.Command} is the contract. {@link io.millrace.control.ControlState}
 * is what commands have left behind; it is part of each checkpoint, so that none is obeyed twice.
 *
 * <p>Floor 6.
 */
package io.millrace.control;
