package io.millrace.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last steps of a run, which a decay branch takes again. Examples are held as tokens: about 300
 * bytes and 8 a token, shared with the replay buffer where that has them. Training thread only.
 */
final class LastSteps {

  private final int capacity;
  private final Deque<TrainedStep> steps = new ArrayDeque<>();

  /**
   * @param capacity most steps kept; 0 keeps none
   * @param saved steps to begin with, oldest first; the newest stay
   */
  LastSteps(int capacity, List<TrainedStep> saved) {
    this.capacity = capacity;
    saved.forEach(this::add);
  }

  void add(TrainedStep step) {
    steps.addLast(step);
    if (steps.size() > capacity) {
      steps.removeFirst();
    }
  }

  List<TrainedStep> oldestFirst() {
    return List.copyOf(steps);
  }
}
