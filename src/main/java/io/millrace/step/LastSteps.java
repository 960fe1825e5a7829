package io.millrace.step;

import io.millrace.example.Amendments;
import io.millrace.example.RecordPosition;
import io.millrace.optim.TrainedStep;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /** The examples that later records are about. */
  List<RecordPosition> amended(Amendments amendments) {
    return steps.stream()
        .flatMap(step -> step.batches().stream())
        .flatMap(List::stream)
        .filter(example -> amendments.of(example.id(), example.position()).isPresent())
        .map(TokenizedExample::position)
        .toList();
  }

  /** Removes the examples that stand at these positions; a branch takes the steps without them. */
  void forget(Set<RecordPosition> positions) {
    List<TrainedStep> left =
        steps.stream().map(step -> step.without(positions)).flatMap(Optional::stream).toList();
    steps.clear();
    steps.addAll(left);
  }

  List<TrainedStep> oldestFirst() {
    return List.copyOf(steps);
  }
}
