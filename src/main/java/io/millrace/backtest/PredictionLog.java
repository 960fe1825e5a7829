package io.millrace.backtest;

import java.util.Arrays;

/**
 * Which predictions were right, along a stream: 1 where they were, 0 where not, NaN where none was
 * made (held-out examples, or nothing learned yet). Filled by one thread, then only read.
 */
public final class PredictionLog {

  private final double[] byPlace;

  /**
   * @param size places of the stream
   */
  public PredictionLog(int size) {
    byPlace = new double[size];
    Arrays.fill(byPlace, Double.NaN);
  }

  public void set(int place, boolean right) {
    byPlace[place] = right ? 1 : 0;
  }

  /** Those made from a place to another, exclusive, in order. */
  public double[] between(int from, int to) {
    return Arrays.stream(byPlace, from, to).filter(value -> !Double.isNaN(value)).toArray();
  }

  /**
   * Ours minus theirs from a place on, where both predicted.
   *
   * @throws IllegalStateException where only one predicted: they would not be compared on the same
   */
  public double[] minus(PredictionLog other, int from) {
    double[] differences = new double[byPlace.length - from];
    int count = 0;
    for (int place = from; place < byPlace.length; place++) {
      if (Double.isNaN(byPlace[place]) != Double.isNaN(other.byPlace[place])) {
        throw new IllegalStateException("only one of the two predicted the example at " + place);
      }
      if (!Double.isNaN(byPlace[place])) {
        differences[count++] = byPlace[place] - other.byPlace[place];
      }
    }
    return Arrays.copyOf(differences, count);
  }
}
