package io.millrace.pipeline;

import java.time.Duration;

/**
 * Which evaluations their share of the time affords. The next is expected to take as long as the
 * last, and longer by as much as the window has grown. One thread.
 */
final class EvaluationPace {

  /** The first of a small window takes what it takes to warm up, which does not grow. */
  private static final double MOST_GROWTH = 2;

  private final double maxShare;
  private Duration took = Duration.ZERO;
  private int examples;

  /**
   * @param maxShare of all time, 0 to 1
   */
  EvaluationPace(double maxShare) {
    this.maxShare = maxShare;
  }

  /**
   * Whether one may be made.
   *
   * @param since time since the last one ended
   * @param heldOut examples in the window now
   */
  boolean affords(Duration since, int heldOut) {
    double growth =
        examples == 0 ? 1 : Math.min(MOST_GROWTH, Math.max(1, (double) heldOut / examples));
    return since.toNanos() >= took.toNanos() * growth * (1 / maxShare - 1);
  }

  /** One was made. */
  void made(Duration itTook, int heldOut) {
    took = itTook;
    examples = heldOut;
  }
}
