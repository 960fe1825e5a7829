package io.millrace.optim;

import java.util.stream.LongStream;
import org.jboss.logging.Logger;

/** The schedule as a run goes through it: which step it last began behind. Training thread only. */
public final class ScheduledRate {

  private static final Logger LOG = Logger.getLogger(ScheduledRate.class);

  private final LearningRateSchedule schedule;
  private long origin;
  private double floor;
  private boolean endTold;

  /**
   * @param origin the step behind which the schedule began: 0, or that of the last re-warm
   * @param floor the rate before that, below which this warm-up does not go; 0 in the first
   */
  ScheduledRate(LearningRateSchedule schedule, long origin, double floor) {
    this.schedule = schedule;
    this.origin = origin;
    this.floor = floor;
  }

  /** As a run goes on behind its steps so far. */
  public static ScheduledRate of(TrainingSettings settings, StepHistory history) {
    return new ScheduledRate(
        LearningRateSchedule.of(settings), history.scheduleOrigin(), history.scheduleFloor());
  }

  /** The rate of a step of the run. */
  public double at(long step) {
    double rate = schedule.at(step - origin);
    return step - origin < schedule.warmupSteps() ? Math.max(floor, rate) : rate;
  }

  /**
   * Begins the schedule again, warm-up first: step {@code step + 1} is its first. A rate that is
   * high already stays so: who has to learn anew must not slow down for it.
   *
   * @return whether any rate is another for that; those at their peak for ever are not
   */
  public boolean rewarm(long step) {
    boolean changes = wouldRewarm(step);
    floor = at(step);
    origin = step;
    endTold = false;
    if (changes) {
      LOG.infof("the learning rate warms up again behind step %d", step);
    } else {
      LOG.infof("the learning rate stays as high as it is behind step %d", step);
    }
    return changes;
  }

  /** What {@link #rewarm} would answer. */
  public boolean wouldRewarm(long step) {
    ScheduledRate after = new ScheduledRate(schedule, step, at(step));
    return LongStream.rangeClosed(step + 1, step + schedule.warmupSteps() + 1)
        .anyMatch(next -> after.at(next) != at(next));
  }

  /** The rate of a branch that decays behind a step. Nobody is told of its end. */
  public ScheduledRate decaying(long step, int steps) {
    ScheduledRate decay =
        new ScheduledRate(new LearningRateSchedule.Decay(at(step), steps), step, /* floor= */ 0);
    decay.endTold = true;
    return decay;
  }

  /** See {@link LearningRateSchedule#decaySteps()}. */
  public int decaySteps() {
    return schedule.decaySteps();
  }

  public long origin() {
    return origin;
  }

  public double floor() {
    return floor;
  }

  /** Tells once that the schedule has ended, so that nobody looks for why the loss stands still. */
  public void tellEnd(long step) {
    if (!endTold && at(step + 1) == 0) {
      endTold = true;
      LOG.infof(
          "step %d: the learning rate has reached 0; the stream is read, scored and evaluated as"
              + " before, but further steps change nothing",
          step);
    }
  }
}
