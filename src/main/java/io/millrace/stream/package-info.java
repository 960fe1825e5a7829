/**
 * What learning from a stream is worth, measured on a file of labelled examples.
 *
 * <p>Start at {@link io.millrace.stream.StreamTrial}: a {@code StreamFile} becomes an {@code
 * EventStream}, each {@code Arm} walks along it, predicting first and learning afterwards, and what
 * they predicted becomes a {@link io.millrace.stream.StreamReport}: a table, a picture and JSON.
 *
 * <p>Floor 9.
 */
package io.millrace.stream;
