package io.millrace.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.FDistribution;

/**
 * Hotelling's two-sample T² test (1931) of the mean point of one window of texts against the mean
 * point of the previous window. Windows do not overlap. The level comes from the F distribution,
 * near for windows of hundreds whatever the points' distribution. One thread.
 */
public final class TextShift {

  private static final int D = TextProjection.SIZE;

  private final int window;
  private Moments reference;
  private Moments recent;

  /**
   * @param window texts in each window
   */
  TextShift(int window, State state) {
    this.window = window;
    this.reference = Moments.of(state.reference());
    this.recent = Moments.of(state.recent());
  }

  /**
   * Takes a text's point {@code [8]}.
   *
   * @return after the last text of a window, the p-value of its mean against the previous window's
   *     mean
   */
  Optional<Double> update(double[] point) {
    recent.add(point);
    if (recent.count < window) {
      return Optional.empty();
    }
    Moments before = reference;
    reference = recent;
    recent = new Moments();
    return before.count == 0 ? Optional.empty() : Optional.of(pValue(before, reference));
  }

  State state() {
    return new State(reference.values(), recent.values());
  }

  private static double pValue(Moments one, Moments other) {
    double n = one.count + other.count;
    double[] difference = new double[D];
    double[][] pooled = new double[D][D];
    double largest = 0;
    for (int i = 0; i < D; i++) {
      difference[i] = one.mean(i) - other.mean(i);
      for (int j = 0; j < D; j++) {
        pooled[i][j] = (one.scatter(i, j) + other.scatter(i, j)) / (n - 2);
      }
      largest = Math.max(largest, pooled[i][i]);
    }
    for (int i = 0; i < D; i++) {
      pooled[i][i] += 1e-9 * largest + Double.MIN_NORMAL; // texts that are all the same
    }
    double[] solved = solve(pooled, difference.clone());
    double distance = 0;
    for (int i = 0; i < D; i++) {
      distance += difference[i] * solved[i];
    }
    double t2 = distance * one.count * other.count / n;
    double f = t2 * (n - D - 1) / (D * (n - 2));
    return FDistribution.of(D, n - D - 1).survivalProbability(f);
  }

  /** Gauss with pivots; changes both. */
  private static double[] solve(double[][] matrix, double[] right) {
    for (int column = 0; column < D; column++) {
      int pivot = column;
      for (int row = column + 1; row < D; row++) {
        if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) {
          pivot = row;
        }
      }
      double[] swap = matrix[pivot];
      matrix[pivot] = matrix[column];
      matrix[column] = swap;
      double value = right[pivot];
      right[pivot] = right[column];
      right[column] = value;
      for (int row = column + 1; row < D; row++) {
        double factor = matrix[row][column] / matrix[column][column];
        for (int k = column; k < D; k++) {
          matrix[row][k] -= factor * matrix[column][k];
        }
        right[row] -= factor * right[column];
      }
    }
    for (int row = D - 1; row >= 0; row--) {
      for (int k = row + 1; k < D; k++) {
        right[row] -= matrix[row][k] * right[k];
      }
      right[row] /= matrix[row][row];
    }
    return right;
  }

  /** Sums of points, and of their products. */
  private static final class Moments {
    private double count;
    private final double[] sums = new double[D];
    private final double[][] products = new double[D][D];

    void add(double[] point) {
      count++;
      for (int i = 0; i < D; i++) {
        sums[i] += point[i];
        for (int j = 0; j < D; j++) {
          products[i][j] += point[i] * point[j];
        }
      }
    }

    double mean(int i) {
      return sums[i] / count;
    }

    double scatter(int i, int j) {
      return products[i][j] - sums[i] * sums[j] / count;
    }

    List<Double> values() {
      List<Double> values = new ArrayList<>();
      values.add(count);
      for (int i = 0; i < D; i++) {
        values.add(sums[i]);
        for (int j = 0; j < D; j++) {
          values.add(products[i][j]);
        }
      }
      return values;
    }

    static Moments of(List<Double> values) {
      Moments moments = new Moments();
      if (values.isEmpty()) {
        return moments;
      }
      moments.count = values.get(0);
      for (int i = 0; i < D; i++) {
        moments.sums[i] = values.get(1 + i * (D + 1));
        for (int j = 0; j < D; j++) {
          moments.products[i][j] = values.get(2 + i * (D + 1) + j);
        }
      }
      return moments;
    }
  }

  /** What a checkpoint keeps: counts, sums and products of both windows. */
  record State(List<Double> reference, List<Double> recent) {
    static final State START = new State(List.of(), List.of());

    State {
      reference = List.copyOf(reference);
      recent = List.copyOf(recent);
    }
  }
}
