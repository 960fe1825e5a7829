/**
 * Steps: gradients, clipping, AdamW.
 *
 * <p>{@link io.millrace.training.FineTuner} turns a batch into a {@link
 * io.millrace.training.StepOutcome}. It owns weights and moments, and only the training thread
 * calls it.
 *
 * <p>May import: {@code torch}, {@code model}, {@code tokenize}, {@code example}, DJL.
 */
package io.millrace.training;
