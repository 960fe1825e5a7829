package io.millrace.promotion;

import java.time.Duration;

/**
 * Which evaluations their share of the time affords. Training earns them beforehand, by the time of
 * its steps and not the time that passed: on a slow stream most of that is waiting. Only the first,
 * whose cost nobody knows, and one that is urgent, which the clock rations, may be owed for; what
 * is owed is no more than the last. The next is expected to take as long as the last, and longer by
 * as much as the window has grown; but no longer than twice the last or, where that is more, than
 * forward passes of all that it holds, by what steps take. One thread.
 */
final class EvaluationBudget {

  /** The first of a small window takes what it takes to warm up, which does not grow. */
  private static final double MOST_GROWTH = 2;

  private final double maxShare;

  /** A forward pass by a step of the same examples. */
  private static final double FORWARD = 1.0 / 3;

  /** Of the newest step in the mean of them. */
  private static final double WEIGHT = 0.1;

  private double secondsPerExample;
  private double took;
  private double wanted;
  private double earned;
  private int examples;

  /**
   * @param maxShare of the time of training and evaluations together, 0 to 1
   */
  EvaluationBudget(double maxShare) {
    this.maxShare = maxShare;
  }

  /**
   * A step was taken.
   *
   * @param seconds it took
   * @param examples trained by it
   */
  void trained(double seconds, int examples) {
    double pace = seconds / Math.max(1, examples);
    secondsPerExample =
        secondsPerExample == 0 ? pace : secondsPerExample + WEIGHT * (pace - secondsPerExample);
    earned += maxShare < 1 ? seconds * maxShare / (1 - maxShare) : 0;
    if (took > 0) { // nothing is saved up for a burst of them
      earned = Math.min(earned, Math.max(MOST_GROWTH * took, wanted));
    }
  }

  /**
   * Whether training has earned one.
   *
   * @param heldOut examples in the window now
   */
  boolean affords(int heldOut) {
    wanted = expected(heldOut);
    return maxShare == 1 || took == 0 || earned >= wanted;
  }

  /**
   * Whether an urgent one may be made.
   *
   * @param since time since the last one ended
   * @param heldOut examples in the window now
   */
  boolean affordsUrgent(Duration since, int heldOut) {
    return since.toNanos() / 1e9 >= expected(heldOut) * (1 / maxShare - 1);
  }

  private double expected(int heldOut) {
    if (heldOut <= examples || examples == 0) {
      return took;
    }
    return Math.min(
        took * heldOut / examples,
        Math.max(MOST_GROWTH * took, FORWARD * heldOut * secondsPerExample));
  }

  /**
   * One was made.
   *
   * @param seconds for which training stood still
   */
  void made(double seconds, int heldOut) {
    took = seconds;
    earned = Math.max(earned - seconds, -seconds);
    examples = heldOut;
  }
}
