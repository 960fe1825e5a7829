package io.millrace.training;

import org.jboss.logging.Logger;

/** The schedule as a run goes through it: which step it last began behind. Training thread only. */
final class ScheduledRate {

  private static final Logger LOG = Logger.getLogger(ScheduledRate.class);

  private final LearningRateSchedule schedule;
  private long origin;
  private boolean endTold;

  /**
   * @param origin the step behind which the schedule began: 0, or that of the last re-warm
   */
  ScheduledRate(LearningRateSchedule schedule, long origin) {
    this.schedule = schedule;
    this.origin = origin;
  }

  /** The rate of a step of the run. */
  double at(long step) {
    return schedule.at(step - origin);
  }

  /** Begins the schedule again, warm-up first: step {@code step + 1} is its first. */
  void rewarm(long step) {
    LOG.infof("the learning rate warms up again behind step %d", step);
    origin = step;
    endTold = false;
  }

  /** The rate of a branch that decays behind a step. Nobody is told of its end. */
  ScheduledRate decaying(long step, int steps) {
    ScheduledRate decay = new ScheduledRate(new LearningRateSchedule.Decay(at(step), steps), step);
    decay.endTold = true;
    return decay;
  }

  /** See {@link LearningRateSchedule#decaySteps()}. */
  int decaySteps() {
    return schedule.decaySteps();
  }

  long origin() {
    return origin;
  }

  /** Tells once that the schedule has ended, so that nobody looks for why the loss stands still. */
  void tellEnd(long step) {
    if (!endTold && at(step + 1) == 0) {
      endTold = true;
      LOG.infof(
          "step %d: the learning rate has reached 0; the stream is read, scored and evaluated as"
              + " before, but further steps change nothing",
          step);
    }
  }
}
