package io.millrace.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * ADWIN: a window of the recent values that grows while their mean stands still, and loses its
 * older part where two parts of it have means that differ (Bifet and Gavaldà, SDM 2007, with the
 * bound of their section 4.2 and exponential buckets). One thread.
 */
public final class Adwin {

  /** Values between two looks for a change. */
  private static final int CLOCK = 32;

  private static final int BUCKETS_OF_A_SIZE = 5;
  private static final int LEAST_WIDTH = 10;
  private static final int LEAST_PART = 5;

  private final double delta;
  private final List<Bucket> buckets;
  private long seen;
  private double rise;
  private double bound;

  /**
   * @param delta how sure a change must be: the smaller, the surer
   */
  public Adwin(double delta) {
    this(delta, new State(List.of(), 0));
  }

  Adwin(double delta, State state) {
    this.delta = delta;
    this.buckets = new ArrayList<>(state.buckets());
    this.seen = state.seen();
  }

  /**
   * Takes a value.
   *
   * @return how the mean has changed; both parts' means in the same unit as the values
   */
  public Change update(double value) {
    buckets.add(new Bucket(1, value, 0));
    compress();
    seen++;
    return seen % CLOCK == 0 && width() > LEAST_WIDTH ? cut() : Change.NONE;
  }

  /** Values in the window. */
  public long width() {
    return buckets.stream().mapToLong(Bucket::size).sum();
  }

  /** Mean of the window; NaN while it is empty. */
  public double mean() {
    Bucket all = sum(0, buckets.size());
    return all.total() / all.size();
  }

  /** By how much the mean rose at the last change; below 0 where it fell. */
  double rise() {
    return rise;
  }

  /** What that had to exceed. */
  double bound() {
    return bound;
  }

  State state() {
    return new State(buckets, seen);
  }

  /** Where there are too many of a size, its two oldest become one of twice the size. */
  private void compress() {
    int end = buckets.size();
    while (end > 0) {
      long size = buckets.get(end - 1).size();
      int start = end;
      while (start > 0 && buckets.get(start - 1).size() == size) {
        start--;
      }
      if (end - start <= BUCKETS_OF_A_SIZE) {
        return;
      }
      buckets.set(start, buckets.get(start).and(buckets.remove(start + 1)));
      end = start + 1;
    }
  }

  private Change cut() {
    Change change = Change.NONE;
    for (Change next = change(); next != Change.NONE; next = change()) {
      change = next;
      buckets.remove(0);
    }
    return change;
  }

  private Change change() {
    Bucket all = sum(0, buckets.size());
    if (all.size() <= LEAST_WIDTH) {
      return Change.NONE;
    }
    double variance = all.squares() / all.size();
    double sureness = Math.log(2 * Math.log(all.size()) / delta);
    Bucket older = new Bucket(0, 0, 0);
    for (int i = 0; i < buckets.size() - 1; i++) {
      older = older.and(buckets.get(i));
      long newer = all.size() - older.size();
      if (older.size() < LEAST_PART || newer < LEAST_PART) {
        continue;
      }
      double difference = (all.total() - older.total()) / newer - older.total() / older.size();
      double reciprocal = 1.0 / (older.size() - LEAST_PART + 1) + 1.0 / (newer - LEAST_PART + 1);
      double least =
          Math.sqrt(2 * reciprocal * variance * sureness) + 2.0 / 3 * reciprocal * sureness;
      if (Math.abs(difference) > least) {
        rise = difference;
        bound = least;
        return difference > 0 ? Change.RISE : Change.FALL;
      }
    }
    return Change.NONE;
  }

  private Bucket sum(int from, int to) {
    Bucket sum = new Bucket(0, 0, 0);
    for (int i = from; i < to; i++) {
      sum = sum.and(buckets.get(i));
    }
    return sum;
  }

  /** How a mean has changed. */
  public enum Change {
    NONE,
    RISE,
    FALL
  }

  /**
   * Consecutive values.
   *
   * @param squares sum of squared distances from their mean
   */
  record Bucket(long size, double total, double squares) {

    Bucket and(Bucket other) {
      if (size == 0 || other.size == 0) {
        return size == 0 ? other : this;
      }
      double distance = total / size - other.total / other.size;
      return new Bucket(
          size + other.size,
          total + other.total,
          squares + other.squares + distance * distance * size * other.size / (size + other.size));
    }
  }

  /** What a checkpoint keeps. */
  record State(List<Bucket> buckets, long seen) {
    State {
      buckets = List.copyOf(buckets);
    }
  }
}
