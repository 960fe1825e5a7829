/**
 * Versions and their files, over HTTP.
 *
 * <p>Files are sent with their hash as entity tag, whole or in ranges.
 *
 * <p>Floor 12.
 */
package io.millrace.web.version;
