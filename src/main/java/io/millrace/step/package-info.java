/**
 * One optimizer step: forward, loss, gradients, and what is refused.
 *
 * <p>Start at {@link io.millrace.step.FineTuner}. It owns the weights and every array of a step;
 * one thread calls it. A step is applied or refused as a whole ({@link
 * io.millrace.step.StepOutcome}).
 *
 * <p>Floor 5.
 */
package io.millrace.step;
