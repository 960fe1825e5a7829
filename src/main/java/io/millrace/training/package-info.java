/**
 * One step of fine-tuning, and what it leaves behind.
 *
 * <p>Start at {@link io.millrace.training.FineTuner}: forward, {@code Loss}, gradients (added up
 * over micro-batches by {@code StepGradients}), then finite check, clipping and the {@code
 * Optimizer}, answered with a {@link io.millrace.training.StepOutcome}. {@link
 * io.millrace.training.FineTunerState} is everything that a restart needs to go on bit for bit.
 * {@link io.millrace.training.ReplayBuffer} keeps past examples, to be trained on again. {@link
 * io.millrace.training.CandidateModel} is what is evaluated and published.
 *
 * <p>Floor 5.
 */
package io.millrace.training;
