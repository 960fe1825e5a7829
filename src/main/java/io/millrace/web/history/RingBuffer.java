package io.millrace.web.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The newest of an endless series, in bounded memory. Any thread. */
final class RingBuffer<T> {

  private final int capacity;
  private final Deque<T> values = new ArrayDeque<>();

  /**
   * @param capacity most values kept, at least 1
   */
  RingBuffer(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, is " + capacity);
    }
    this.capacity = capacity;
  }

  synchronized void add(T value) {
    if (values.size() == capacity) {
      values.removeFirst();
    }
    values.addLast(value);
  }

  /** Those kept, oldest first. */
  synchronized List<T> oldestFirst() {
    return List.copyOf(values);
  }

  /** Those kept, newest first. */
  List<T> newestFirst() {
    List<T> reversed = new ArrayList<>(oldestFirst());
    Collections.reverse(reversed);
    return reversed;
  }
}
