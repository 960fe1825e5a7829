package io.millrace.task;

import java.util.Arrays;
import java.util.Map;

/** How much each output counts in the loss. Immutable, any thread. */
public interface OutputWeights {

  /**
   * The weights for the next step.
   *
   * @param counts examples trained before it, by the name of the output that they count to; one
   *     that is absent has none
   * @return {@code [L]} in order, all finite and above 0; the caller's own
   */
  double[] after(Map<String, Long> counts);

  /** {@code [L]} of outputs that all count the same. */
  static double[] same(int outputs) {
    double[] weights = new double[outputs];
    Arrays.fill(weights, 1);
    return weights;
  }
}
