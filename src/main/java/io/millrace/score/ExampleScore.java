package io.millrace.score;

/**
 * What one example adds to a comparison of two models.
 *
 * @param loss lower is better, in the task's unit
 * @param statistics values that add up over examples, the headline's first; higher is better
 * @param groups the groups that it counts in, the true class first; empty without classes
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or writes it
public record ExampleScore(double loss, double[] statistics, int[] groups) {

  /** The part of the headline. */
  public double headline() {
    return statistics[0];
  }

  /** Whether it counts in this group. */
  public boolean isOf(int group) {
    return groups.length > 0 && groups[0] == group;
  }
}
