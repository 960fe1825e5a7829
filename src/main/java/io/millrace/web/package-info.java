/**
 * What people and tools see of a running trainer, as REST.
 *
 * <p>This package holds predictions, schemas and the description of the interface; the page at
 * {@code /} is in {@code META-INF/resources}. Status and events are in {@code web.live}, series in
 * {@code web.history}, commands in {@code web.command}. Texts are never logged nor repeated in
 * errors.
 *
 * <p>Floor 12.
 */
package io.millrace.web;
