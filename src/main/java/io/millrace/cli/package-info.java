/**
 * The command line: the service where no mode is named, else one command that ends.
 *
 * <p>{@link io.millrace.cli.Millrace} is the process's main class. A command starts no part of the
 * service: no channel, no trainer, no port. It reads the same settings from the same places.
 *
 * <p>Floor 13.
 */
package io.millrace.cli;
