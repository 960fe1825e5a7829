/**
 * The loop, and its ports to the world.
 *
 * <p>Start at {@link io.millrace.pipeline.TrainingLoop}. What arrives at {@link
 * io.millrace.pipeline.RecordReceiver} is decoded and tokenized by the intake, waits in a bounded
 * queue of chunks, and is trained on by the one thread that owns the weights. {@link
 * io.millrace.pipeline.Pipeline} puts the parts together. Outwards, the loop knows only the sinks
 * here; {@code kafka} and {@code web} implement them.
 *
 * <p>Floor 7.
 */
package io.millrace.pipeline;
