/**
 * What producers send: the JSON contract and the values it decodes to.
 *
 * <p>Start at {@link io.millrace.input.ExampleDecoder}. An {@link
 * io.millrace.example.InboundRecord} becomes a {@link io.millrace.example.LabelledExample} or a
 * {@link io.millrace.example.DeadLetter}; nothing is dropped.
 *
 * <p>Floor 1.
 */
package io.millrace.example;
