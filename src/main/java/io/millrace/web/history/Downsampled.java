package io.millrace.web.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * An endless series in bounded memory. Each point stands for {@code stride} values; when the list
 * is full, neighbours are merged and the stride doubles, so old and new stay equally fine. Any
 * thread; adding costs constant time on average.
 */
final class Downsampled<T> {

  private final int capacity;
  private final BinaryOperator<T> merge;
  private final List<T> points = new ArrayList<>();
  private T pending;
  private int pendingValues;
  private int stride = 1;

  /**
   * @param capacity most points, at least 2
   * @param merge combines an older and a newer point
   */
  Downsampled(int capacity, BinaryOperator<T> merge) {
    if (capacity < 2) {
      throw new IllegalArgumentException("capacity must be at least 2, is " + capacity);
    }
    this.capacity = capacity;
    this.merge = merge;
  }

  synchronized void add(T value) {
    pending = pendingValues == 0 ? value : merge.apply(pending, value);
    pendingValues++;
    if (pendingValues < stride) {
      return;
    }
    points.add(pending);
    pending = null;
    pendingValues = 0;
    if (points.size() == capacity) {
      halve();
    }
  }

  /** The points, oldest first; the last may stand for fewer values than the others. */
  synchronized List<T> points() {
    List<T> copy = new ArrayList<>(points);
    if (pendingValues > 0) {
      copy.add(pending);
    }
    return List.copyOf(copy);
  }

  private void halve() {
    List<T> merged = new ArrayList<>(capacity);
    int pairs = points.size() / 2;
    for (int i = 0; i < pairs; i++) {
      merged.add(merge.apply(points.get(2 * i), points.get(2 * i + 1)));
    }
    if (points.size() % 2 == 1) {
      pending = points.get(points.size() - 1);
      pendingValues = stride;
    }
    points.clear();
    points.addAll(merged);
    stride *= 2;
  }
}
