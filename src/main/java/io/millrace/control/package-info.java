/**
 * State of commands, from any instance: which ids were obeyed, and each command's outcome.
 *
 * <p>Floor 4.
 */
package io.millrace.control;
