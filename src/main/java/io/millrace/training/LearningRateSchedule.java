package io.millrace.training;

/**
 * The learning rate by step: a linear rise, then constant, because a stream has no last step.
 *
 * @param peak the rate after warm-up
 * @param warmupSteps how many steps the rise takes; 0 for none
 */
public record LearningRateSchedule(double peak, int warmupSteps) {

  static LearningRateSchedule of(TrainingSettings settings) {
    return new LearningRateSchedule(settings.learningRate(), settings.warmupSteps());
  }

  /**
   * The rate of a step.
   *
   * @param step its number, from 1; step {@code warmupSteps} is the first at the peak
   */
  public double at(long step) {
    return step >= warmupSteps ? peak : peak * step / warmupSteps;
  }
}
