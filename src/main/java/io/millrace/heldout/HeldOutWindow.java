package io.millrace.heldout;

import io.millrace.example.Amendments;
import io.millrace.example.RecordPosition;
import io.millrace.tokenize.HeldOutExample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The newest held-out examples in the order of their arrival, and the golden set of the first ones.
 * Training thread only.
 */
public final class HeldOutWindow {

  private final int capacity;
  private final Deque<HeldOutExample> examples = new ArrayDeque<>();
  private final GoldenSet golden;

  /**
   * @param capacity most examples kept
   * @param golden takes those that it wants of the examples added
   */
  public HeldOutWindow(int capacity, GoldenSet golden) {
    this.capacity = capacity;
    this.golden = golden;
  }

  /** Adds an example; the oldest leaves when the window is full. */
  public void add(HeldOutExample example) {
    golden.offer(example);
    append(example);
  }

  /** Takes back what it and its golden set had. */
  public void restore(List<HeldOutExample> window, List<HeldOutExample> first) {
    first.forEach(golden::offer);
    window.forEach(this::append);
  }

  private void append(HeldOutExample example) {
    examples.addLast(example);
    if (examples.size() > capacity) {
      examples.removeFirst();
    }
  }

  /** The examples that later records are about. */
  public List<RecordPosition> amended(Amendments amendments) {
    return Stream.concat(examples.stream(), golden.examples().stream())
        .filter(example -> amendments.of(example.id(), example.position()).isPresent())
        .map(HeldOutExample::position)
        .distinct()
        .toList();
  }

  /** Removes those that stand at these positions. */
  public void forget(Set<RecordPosition> positions) {
    examples.removeIf(example -> positions.contains(example.position()));
    golden.forget(positions);
  }

  /** Lets the older half go: what it is measured by has changed. */
  public void shorten() {
    for (int half = examples.size() / 2; half > 0; half--) {
      examples.removeFirst();
    }
  }

  /** The golden set. */
  public List<HeldOutExample> golden() {
    return golden.examples();
  }

  public List<HeldOutExample> examples() {
    return List.copyOf(examples);
  }

  public int size() {
    return examples.size();
  }

  /** Of some examples, those of the label that has the fewest. */
  public static long smallestClass(List<HeldOutExample> examples, int labels) {
    long[] counts = new long[labels];
    examples.forEach(example -> counts[example.target().group()]++);
    long smallest = Long.MAX_VALUE;
    for (long count : counts) {
      smallest = Math.min(smallest, count);
    }
    return smallest;
  }
}
