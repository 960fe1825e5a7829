package io.millrace.pipeline;

import java.time.Duration;

/**
 * Which evaluations their share of the time affords. What training took since the last one pays for
 * the next, not what passed: on a slow stream most of that is waiting. One that is urgent is paid
 * for by the clock, too. The next is expected to take as long as the last, and longer by as much as
 * the window has grown. One thread.
 */
final class EvaluationPace {

  /** The first of a small window takes what it takes to warm up, which does not grow. */
  private static final double MOST_GROWTH = 2;

  private final double maxShare;
  private Duration took = Duration.ZERO;
  private Duration trained = Duration.ZERO;
  private int examples;

  /**
   * @param maxShare of the time of training and evaluations together, 0 to 1
   */
  EvaluationPace(double maxShare) {
    this.maxShare = maxShare;
  }

  /** A step took this long. */
  void trained(Duration itTook) {
    trained = trained.plus(itTook);
  }

  /**
   * Whether training has paid for one.
   *
   * @param heldOut examples in the window now
   */
  boolean affords(int heldOut) {
    return pays(trained, heldOut);
  }

  /**
   * Whether an urgent one may be made.
   *
   * @param since time since the last one ended
   * @param heldOut examples in the window now
   */
  boolean affordsUrgent(Duration since, int heldOut) {
    return pays(since, heldOut);
  }

  private boolean pays(Duration time, int heldOut) {
    double growth =
        examples == 0 ? 1 : Math.min(MOST_GROWTH, Math.max(1, (double) heldOut / examples));
    return time.toNanos() >= took.toNanos() * growth * (1 / maxShare - 1);
  }

  /**
   * One was made.
   *
   * @param itTook for which training stood still
   */
  void made(Duration itTook, int heldOut) {
    took = itTook;
    trained = Duration.ZERO;
    examples = heldOut;
  }
}
