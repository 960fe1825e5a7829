package io.millrace.gate;

/**
 * How two models are compared example by example. Sealed: each holds its level exactly, and a new
 * one needs that shown by simulation.
 */
public sealed interface PairedTest {

  /** What the difference is of, for messages. */
  String measure();

  /**
   * Of answers whose headline is 0 or 1: McNemar's exact test, and an exact one of paired
   * proportions where a margin is allowed.
   */
  record ExactCounts(String measure) implements PairedTest {}

  /**
   * Of losses: a betting test of the mean decrease of the loss, see {@link PairedMeans}.
   *
   * @param limit each example's decrease is cut to this on either side, in the loss's unit, above 0
   */
  record BoundedMean(String measure, double limit) implements PairedTest {}
}
