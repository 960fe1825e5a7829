/**
 * Commands to the trainer, and searches in what it has read.
 *
 * <p>A command goes to the control topic; {@link io.millrace.web.command.CommandOutcomeResource}
 * finds its answer.
 *
 * <p>Floor 12.
 */
package io.millrace.web.command;
