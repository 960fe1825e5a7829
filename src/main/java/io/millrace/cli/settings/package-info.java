/**
 * The settings, read and checked before anything starts.
 *
 * <p>{@link io.millrace.cli.settings.Settings} reads all of them and names each mistake with the
 * place that it comes from; nothing is started then.
 *
 * <p>Floor 13.
 */
package io.millrace.cli.settings;
