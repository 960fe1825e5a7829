package io.millrace.optim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which rows of a table have missed which steps of AdamW, and what that amounts to.
 *
 * <p>A step with a gradient of 0 still moves a row: its moments shrink by beta1 and beta2, the
 * weight decays and follows the first moment. With j steps missed since step s the update of step
 * {@code i = s + j} is {@code rate_i * a_j * m / (b_j * sqrt(v) + epsilon)} where {@code a_j =
 * beta1^j / (1 - beta1^i)} and {@code b_j = sqrt(beta2^j / (1 - beta2^i))}; m and v are those of
 * step s. The a_j can be added up for all elements of a row at once. The b_j change slowly, so the
 * steps missed are taken in segments of doubling length, each with one mean b: as many terms as the
 * logarithm of the steps, and exact where epsilon does not matter.
 *
 * <p>Java memory only; training thread only.
 */
final class StepLag {

  /** Factors of weight, first and second moment in front of the segments. */
  private static final int FACTORS = 3;

  /** 1, 2 to 3, 4 to 7, … 64 to 127, 128 and more. */
  private static final int MAX_SEGMENTS = 8;

  /** Shares of the first moment below this are no longer followed. */
  private static final double NEGLIGIBLE = 1e-12;

  private final double beta1;
  private final double beta2;
  private final double weightDecay;
  private final double[] powers1; // of beta1, from 0
  private final double[] powers2;
  private final double[] corrections1; // 1 - beta1^i of the steps i since the base
  private final double[] corrections2;
  private final int[] missedFrom; // steps since the base up to which a row is current
  private final double[] rates; // of the steps since the base
  private long base;
  private int steps;

  /**
   * @param rows of the table, all current at step {@code base}
   * @param capacity most steps between two calls of {@link #rebase}
   */
  StepLag(int rows, int capacity, double beta1, double beta2, double weightDecay, long base) {
    this.missedFrom = new int[rows];
    this.rates = new double[capacity];
    this.powers1 = powers(beta1, capacity);
    this.powers2 = powers(beta2, capacity);
    this.corrections1 = new double[capacity];
    this.corrections2 = new double[capacity];
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.weightDecay = weightDecay;
    this.base = base;
  }

  /** Takes over what was saved. */
  void restore(LazyRowsState state) {
    base = state.base();
    steps = 0;
    for (double rate : state.rates()) {
      add(rate);
    }
    System.arraycopy(state.current(), 0, missedFrom, 0, missedFrom.length);
  }

  LazyRowsState state() {
    return new LazyRowsState(base, Arrays.copyOf(rates, steps), missedFrom.clone());
  }

  /** A step was applied, with this rate, in which only these rows took part. */
  void stepped(double rate, long[] rows) {
    add(rate);
    settle(rows);
  }

  private void add(double rate) {
    rates[steps] = rate;
    corrections1[steps] = 1 - Math.pow(beta1, base + steps + 1);
    corrections2[steps] = 1 - Math.pow(beta2, base + steps + 1);
    steps++;
  }

  /** These rows are current now. */
  void settle(long[] rows) {
    for (long row : rows) {
      missedFrom[(int) row] = steps;
    }
  }

  /** Those of the rows that have missed a step. */
  long[] behind(long[] rows) {
    return Arrays.stream(rows).filter(row -> missedFrom[(int) row] < steps).toArray();
  }

  /** All rows that have missed a step, ascending. */
  long[] behind() {
    return IntStream.range(0, missedFrom.length)
        .filter(row -> missedFrom[row] < steps)
        .asLongStream()
        .toArray();
  }

  /** Forgets the steps: all rows are current. */
  void rebase() {
    base += steps;
    steps = 0;
    Arrays.fill(missedFrom, 0);
  }

  /** What rows have missed, as {@code UpdateOps.catchUp} wants it: {@code [n][3 + 2 S]}. */
  float[][] coefficients(long[] rows) {
    int longest =
        Arrays.stream(rows).mapToInt(row -> steps - missedFrom[(int) row]).max().orElse(0);
    int columns = FACTORS + 2 * (longest == 0 ? 0 : 1 + segment(longest));
    Map<Integer, float[]> bySteps = new HashMap<>();
    float[][] all = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      all[i] =
          bySteps.computeIfAbsent(missedFrom[(int) rows[i]], from -> coefficients(from, columns));
    }
    return all;
  }

  private float[] coefficients(int from, int columns) {
    double[] sums = new double[columns];
    double[] divisors = new double[columns];
    double kept = 1; // what weight decay leaves, from behind step i to the end
    for (int i = steps; i > from; i--) {
      int missed = i - from;
      if (powers1[missed] > NEGLIGIBLE) {
        int column = FACTORS + 2 * segment(missed);
        double a = rates[i - 1] * kept * powers1[missed] / corrections1[i - 1];
        double b = Math.sqrt(powers2[missed] / corrections2[i - 1]);
        sums[column] += a;
        divisors[column] += a / b; // the mean that keeps the sum exact where epsilon is small
      }
      kept *= 1 - rates[i - 1] * weightDecay;
    }
    float[] row = new float[columns];
    row[0] = (float) kept;
    row[1] = (float) powers1[steps - from];
    row[2] = (float) powers2[steps - from];
    for (int column = FACTORS; column < columns; column += 2) {
      row[column] = (float) sums[column];
      row[column + 1] = sums[column] == 0 ? 1 : (float) (sums[column] / divisors[column]);
    }
    return row;
  }

  private static double[] powers(double base, int upTo) {
    return IntStream.rangeClosed(0, upTo).mapToDouble(power -> Math.pow(base, power)).toArray();
  }

  private static int segment(int missed) {
    return Math.min(31 - Integer.numberOfLeadingZeros(missed), MAX_SEGMENTS - 1);
  }
}
