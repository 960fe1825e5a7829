/**
 * What is known of commands, whoever asks: which ids were obeyed, and what became of a command.
 *
 * <p>May import: nothing of ours.
 */
package io.millrace.control;
