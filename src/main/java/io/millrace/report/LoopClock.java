package io.millrace.report;

import java.util.function.LongSupplier;

/**
 * Splits the training thread's time into working and waiting for a batch, and knows what of the
 * work was steps and what evaluations. Training thread only.
 */
public final class LoopClock {

  private final LongSupplier nanoTime;
  private long markedAt;
  private long busyNanos;
  private long waitNanos;
  private double stepSeconds;
  private double evaluationSeconds;

  public LoopClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.markedAt = nanoTime.getAsLong();
  }

  /**
   * The time since the last mark was spent waiting.
   *
   * @return seconds
   */
  public double waited() {
    long nanos = lap();
    waitNanos += nanos;
    return nanos / 1e9;
  }

  /** The time since the last mark was spent working. */
  public void worked() {
    busyNanos += lap();
  }

  /** A step took this long. */
  public void stepped(double seconds) {
    stepSeconds += seconds;
  }

  /** Training stood still for an evaluation this long. */
  public void evaluated(double seconds) {
    evaluationSeconds += seconds;
  }

  /** Time of evaluations per time of steps; NaN before the first step. */
  double evaluationShare() {
    return stepSeconds == 0 ? Double.NaN : evaluationSeconds / stepSeconds;
  }

  double busySeconds() {
    return busyNanos / 1e9;
  }

  double waitSeconds() {
    return waitNanos / 1e9;
  }

  private long lap() {
    long now = nanoTime.getAsLong();
    long nanos = now - markedAt;
    markedAt = now;
    return nanos;
  }
}
