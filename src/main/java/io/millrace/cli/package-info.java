/**
 * The command line: the service where no mode is named, else one command that ends.
 *
 * <p>{@link io.millrace.cli.Millrace} is the process's main class. A command starts no part of the
 * service: no channel, no trainer, no port. It reads the same settings from the same places.
 *
 * <p>May import: {@code pipeline}, {@code kafka} and {@code stream} for what the commands do,
 * {@code example} for the reasons of dead letters; {@code serving}, {@code web}, {@code s3} and
 * {@code demo} for their settings, which are checked before the service starts.
 */
package io.millrace.cli;
