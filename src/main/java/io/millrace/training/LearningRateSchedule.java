package io.millrace.training;

/**
 * Linear warm-up from 0, constant from then on: an endless stream has no last step.
 *
 * @param peak the rate after warm-up
 * @param warmupSteps steps until it is reached
 */
record LearningRateSchedule(double peak, int warmupSteps) {

  /**
   * @param step the step's number, from 1
   */
  double rate(long step) {
    return step >= warmupSteps ? peak : peak * step / warmupSteps;
  }
}
