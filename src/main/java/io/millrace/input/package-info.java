/**
 * Decoding of records into examples, under the JSON contract of the topics.
 *
 * <p>Start at {@link io.millrace.input.ExampleDecoder}. An {@link
 * io.millrace.example.InboundRecord} becomes a {@link io.millrace.input.Decoded}: an example, a
 * retraction or a dead letter; nothing is dropped. {@link io.millrace.input.Retried} are records
 * that were refused once and came back on the retry topic, with their first position in headers.
 *
 * <p>Floor 3.
 */
package io.millrace.input;
