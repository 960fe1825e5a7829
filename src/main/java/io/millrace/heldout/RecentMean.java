package io.millrace.heldout;

import java.util.ArrayDeque;
import java.util.Deque;

/** The mean of the last values, each with its weight. One thread at a time. */
public final class RecentMean {

  private final Deque<Entry> recent = new ArrayDeque<>();
  private final int window;

  /**
   * @param window how many of the last values count, at least 1
   */
  public RecentMean(int window) {
    this.window = window;
  }

  /**
   * One more; the oldest leaves where there are more than the window holds.
   *
   * @param weight above 0
   */
  public void add(double value, double weight) {
    if (recent.size() == window) {
      recent.removeFirst();
    }
    recent.addLast(new Entry(value, weight));
  }

  /** Their weighted mean; NaN before the first. */
  public double mean() {
    double sum = 0;
    double weights = 0;
    for (Entry entry : recent) { // anew each time: a running sum would drift for as long as it runs
      sum += entry.value() * entry.weight();
      weights += entry.weight();
    }
    return sum / weights;
  }

  private record Entry(double value, double weight) {}
}
