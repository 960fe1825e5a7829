package io.millrace.evaluation;

import io.millrace.example.Amendments;
import io.millrace.example.RecordPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** The newest held-out examples in the order of their arrival. Training thread only. */
public final class HeldOutWindow {

  private final int capacity;
  private final Deque<HeldOutExample> examples = new ArrayDeque<>();

  /**
   * @param capacity most examples kept
   */
  public HeldOutWindow(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an example; the oldest leaves when the window is full. */
  public void add(HeldOutExample example) {
    examples.addLast(example);
    if (examples.size() > capacity) {
      examples.removeFirst();
    }
  }

  /** The examples that later records are about. */
  public List<RecordPosition> amended(Amendments amendments) {
    return examples.stream()
        .filter(example -> amendments.of(example.id(), example.position()).isPresent())
        .map(HeldOutExample::position)
        .toList();
  }

  /** Removes those that stand at these positions. */
  public void forget(Set<RecordPosition> positions) {
    examples.removeIf(example -> positions.contains(example.position()));
  }

  public List<HeldOutExample> examples() {
    return List.copyOf(examples);
  }

  public int size() {
    return examples.size();
  }

  /** Examples of the label that has the fewest. */
  public long smallestClass(int labels) {
    long[] counts = new long[labels];
    examples.forEach(example -> counts[example.label()]++);
    long smallest = Long.MAX_VALUE;
    for (long count : counts) {
      smallest = Math.min(smallest, count);
    }
    return smallest;
  }
}
