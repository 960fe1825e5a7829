package io.millrace.optim;

import java.util.List;

/**
 * What the steps before leave behind besides tensors and their number.
 *
 * @param scheduleOrigin the step behind which the learning rate last began to warm up, 0 at first
 * @param scheduleFloor the rate that it did so from; 0 at first, and in older checkpoints
 * @param gradNorms gradient norms of the recent steps before clipping, oldest first
 * @param lastSteps the last steps themselves, oldest first, as far as the schedule's decay needs
 *     them; null, in checkpoints from before there was one, is none
 */
public record StepHistory(
    long scheduleOrigin,
    double scheduleFloor,
    List<Double> gradNorms,
    List<TrainedStep> lastSteps) {

  /** Before the first step. */
  public static final StepHistory NONE = new StepHistory(0, 0, List.of(), List.of());

  public StepHistory {
    gradNorms = List.copyOf(gradNorms);
    lastSteps = lastSteps == null ? List.of() : List.copyOf(lastSteps);
  }
}
