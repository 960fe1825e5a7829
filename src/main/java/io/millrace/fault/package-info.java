/**
 * What a failure means for an operator: whether waiting ends it, what caused it, what to do. One
 * classification for Kafka's exceptions and one for the file system's, and the pauses between
 * attempts.
 *
 * <p>Floor 1.
 */
package io.millrace.fault;
