/**
 * What turns gradients into new weights: optimizers, learning-rate schedule, averages.
 *
 * <p>Start at {@link io.millrace.optim.Optimizer} and {@link io.millrace.optim.TrainingSettings}.
 * {@link io.millrace.optim.FineTunerState} is what a checkpoint keeps of it.
 *
 * <p>Floor 5.
 */
package io.millrace.optim;
