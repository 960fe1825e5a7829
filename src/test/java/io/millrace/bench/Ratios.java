package io.millrace.bench;

import java.util.Arrays;

/**
 * The median of pair ratios with its distribution-free interval: two order statistics that hold the
 * median with at least 95%, whatever the distribution (the binomial sign interval).
 *
 * @param median the median ratio
 * @param low lower end
 * @param high upper end
 * @param pairs how many ratios
 */
record Ratios(double median, double low, double high, int pairs) {

  private static final double OUTSIDE = 0.05;

  static Ratios of(double[] ratios) {
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    int cut = cut(sorted.length);
    return new Ratios(median(sorted), sorted[cut], sorted[sorted.length - 1 - cut], sorted.length);
  }

  /** What lies between {@link #low} and {@link #high}: five ratios and fewer hold no 95%. */
  String interval() {
    return 2 * Math.pow(0.5, pairs) > OUTSIDE ? "range" : "95%";
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** How many values may be cut off at each end; 0 where even the extremes hold less than 95%. */
  private static int cut(int n) {
    double term = Math.pow(0.5, n); // P(k of n values lie below the median), from k = 0
    double below = 0;
    int cut = 0;
    for (int k = 0; k < n / 2; k++) {
      below += term;
      if (2 * below > OUTSIDE) {
        break;
      }
      cut = k;
      term = term * (n - k) / (k + 1);
    }
    return cut;
  }
}
