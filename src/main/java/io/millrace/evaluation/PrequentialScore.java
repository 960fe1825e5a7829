package io.millrace.evaluation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The score of predicting first and training afterwards, over the recent examples: each counts
 * once, by the weights before its own step (Dawid 1984; Gama, Sebastião and Rodrigues 2013).
 * Training thread only.
 */
public final class PrequentialScore {

  private final int window;
  private final double share;
  private final long seed;
  private final Deque<Scored> recent = new ArrayDeque<>();

  /**
   * @param window recent examples that count
   * @param share of the steps that are scored, 0 to 1
   * @param seed draws them, with the step's number
   */
  public PrequentialScore(int window, double share, long seed) {
    this.window = window;
    this.share = share;
    this.seed = seed;
  }

  /** That of all steps. */
  public PrequentialScore(int window) {
    this(window, 1, 0);
  }

  /** Whether a step's examples are scored: a function of seed and step, so the same in a repeat. */
  public boolean wants(long step) {
    return share >= 1 || new SplittableRandom(seed + step).nextDouble() < share;
  }

  /** Adds predictions made before training on their examples. */
  public void add(List<Scored> scores) {
    for (Scored score : scores) {
      recent.addLast(score);
      if (recent.size() > window) {
        recent.removeFirst();
      }
    }
  }

  /** Mean cross-entropy, nats; NaN before the first example. */
  public double loss() {
    return recent.stream().mapToDouble(Scored::loss).average().orElse(Double.NaN);
  }

  /** Share correct, 0 to 1; NaN before the first example. */
  public double accuracy() {
    return recent.stream()
        .mapToDouble(score -> score.correct() ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Where the accuracy lies, were the window's examples drawn independently and the weights the
   * same for all.
   */
  public Interval accuracyInterval() {
    return Interval.ofShare(recent.stream().filter(Scored::correct).count(), recent.size());
  }

  /** What always answering the window's most frequent label would score. */
  public double constantAccuracy() {
    if (recent.isEmpty()) {
      return Double.NaN;
    }
    int labels = 1 + recent.stream().mapToInt(Scored::label).max().getAsInt();
    long[] counts = new long[labels];
    recent.forEach(score -> counts[score.label()]++);
    long largest = 0;
    for (long count : counts) {
      largest = Math.max(largest, count);
    }
    return (double) largest / recent.size();
  }

  /** The recent scores, oldest first: what a checkpoint keeps. */
  public List<Scored> recent() {
    return List.copyOf(recent);
  }
}
