package io.millrace.score;

/**
 * How one class fares. A value that is undefined (no example of the class, or none predicted) is
 * NaN, never 0.
 *
 * @param label the class
 * @param support examples of it
 * @param precision correct among those predicted as it, 0 to 1
 * @param recall correct among those that are it, 0 to 1
 * @param f1 harmonic mean of the two
 * @param rocAuc area under the ROC curve of its probability, against the rest
 * @param prAuc average precision of that
 * @param precisionInterval of the precision, 95% (Wilson)
 * @param recallInterval of the recall, likewise
 */
public record ClassScore(
    String label,
    long support,
    double precision,
    double recall,
    double f1,
    double rocAuc,
    double prAuc,
    Interval precisionInterval,
    Interval recallInterval) {

  public ClassScore {
    precisionInterval = Interval.orUndefined(precisionInterval);
    recallInterval = Interval.orUndefined(recallInterval);
  }
}
