/**
 * What is known of commands, whoever asks: which ids were obeyed, and what became of a command.
 *
 * <p>Floor 4.
 */
package io.millrace.control;
