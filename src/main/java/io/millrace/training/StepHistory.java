package io.millrace.training;

import java.util.List;

/**
 * What the next step depends on besides tensors and its number.
 *
 * @param scheduleOrigin the step behind which the learning rate last began to warm up, 0 at first
 * @param gradNorms gradient norms of the recent steps before clipping, oldest first
 */
public record StepHistory(long scheduleOrigin, List<Double> gradNorms) {

  /** Before the first step. */
  public static final StepHistory NONE = new StepHistory(0, List.of());

  public StepHistory {
    gradNorms = List.copyOf(gradNorms);
  }
}
