package io.millrace.drift;

/**
 * The test of Page (Biometrika 1954) and Hinkley for a rise of the mean: sums up by how much values
 * lie above their mean so far, never below 0, and compares the sum with a threshold. One thread.
 */
public final class PageHinkley {

  private final int leastValues;
  private final double tolerance;
  private final double threshold;
  private final double forgetting;
  private State state;
  private double alarmedAt;

  /**
   * @param leastValues values before the first alarm
   * @param tolerance rise of the mean that does not count
   * @param threshold sum that is an alarm
   * @param forgetting factor of the sum at each value, at most 1
   */
  public PageHinkley(int leastValues, double tolerance, double threshold, double forgetting) {
    this(leastValues, tolerance, threshold, forgetting, State.START);
  }

  PageHinkley(int leastValues, double tolerance, double threshold, double forgetting, State state) {
    this.leastValues = leastValues;
    this.tolerance = tolerance;
    this.threshold = threshold;
    this.forgetting = forgetting;
    this.state = state;
  }

  /**
   * Takes a value.
   *
   * @return whether the sum has reached the threshold; then it begins anew
   */
  public boolean update(double value) {
    long values = state.values() + 1;
    double mean = state.mean() + (value - state.mean()) / values;
    double sum = Math.max(0, forgetting * state.sum() + value - mean - tolerance);
    state = new State(values, mean, sum);
    boolean alarm = values + 1 >= leastValues && sum >= threshold;
    if (alarm) {
      alarmedAt = sum;
      state = State.START;
    }
    return alarm;
  }

  /** How far above the mean values have been. */
  public double sum() {
    return state.sum();
  }

  /** The sum that the last alarm was raised by. */
  double alarmedAt() {
    return alarmedAt;
  }

  State state() {
    return state;
  }

  /** What a checkpoint keeps. */
  record State(long values, double mean, double sum) {
    static final State START = new State(0, 0, 0);
  }
}
