package io.millrace.gate;

/**
 * How much of an error rate each of many looks may use: look k gets {@code total / (k (k + 1))},
 * which sums to the total over all looks. By the union bound the chance that any of them errs is at
 * most that, however the looks depend on each other: their windows may overlap.
 *
 * @param total the error rate of all looks together, 0 to 1
 */
record AlphaSpending(double total) {

  AlphaSpending {
    if (!(total > 0 && total < 1)) {
      throw new IllegalArgumentException("an error rate lies between 0 and 1, not at " + total);
    }
  }

  /**
   * The level of a look.
   *
   * @param look from 1
   */
  double level(long look) {
    return total / ((double) look * (look + 1));
  }
}
