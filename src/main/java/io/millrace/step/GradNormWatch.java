package io.millrace.step;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Tells a spike of the gradient norm from its usual height, the median of the recent norms: a mean
 * would follow the spike itself. Training goes on as ever, since a spike may be the drift that the
 * service exists for; where the new height lasts, the median gets there. Training thread only.
 */
final class GradNormWatch {

  /** Norms that the median is of. */
  static final int WINDOW = 100;

  /** Norms to see first: those of the first steps, with a fresh head, say little. */
  static final int EVIDENCE = 20;

  private static final Logger LOG = Logger.getLogger(GradNormWatch.class);

  private final double factor;
  private final double maxNorm;
  private final Deque<Double> recent;
  private boolean lastWasSpike;

  /**
   * @param factor a norm above this multiple of the median is a spike
   * @param maxNorm a norm up to this is not clipped, and so is never one
   * @param recent norms of the steps before, oldest first
   */
  GradNormWatch(double factor, double maxNorm, List<Double> recent) {
    this.factor = factor;
    this.maxNorm = maxNorm;
    this.recent = new ArrayDeque<>(recent);
  }

  /**
   * Takes in the norm of an applied step. The log warns of a spike, of several in a row once.
   *
   * @param step its number
   * @param norm before clipping
   * @return whether it is a spike
   */
  boolean observe(long step, double norm) {
    double usual = median();
    boolean spike = recent.size() >= EVIDENCE && norm > maxNorm && norm > factor * usual;
    if (spike && !lastWasSpike) {
      LOG.warnf(
          "step %d: the gradient norm %.3g is %.1f times its recent median %.3g;"
              + " it was clipped to %s and trained on",
          step, norm, norm / usual, usual, maxNorm);
    }
    lastWasSpike = spike;
    if (recent.size() == WINDOW) {
      recent.removeFirst();
    }
    recent.addLast(norm);
    return spike;
  }

  /** NaN before the first norm. */
  private double median() {
    double[] sorted = recent.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Norms of the recent steps, oldest first. */
  List<Double> recent() {
    return List.copyOf(recent);
  }
}
