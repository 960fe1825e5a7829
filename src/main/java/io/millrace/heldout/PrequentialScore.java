package io.millrace.heldout;

import io.millrace.example.OutputSpace;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.task.ScoredSet;
import io.millrace.task.Task;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The score of predicting first and training afterwards, over the recent examples: each counts
 * once, by the weights before its own step (Dawid 1984; Gama, Sebastião and Rodrigues 2013).
 * Training thread only.
 */
public final class PrequentialScore {

  private final Task task;
  private final int window;
  private final double share;
  private final long seed;
  private final Deque<PrequentialEntry> recent = new ArrayDeque<>();

  /**
   * @param window recent examples that count
   * @param share of the steps that are scored, 0 to 1
   * @param seed draws them, with the step's number
   */
  public PrequentialScore(Task task, int window, double share, long seed) {
    this.task = task;
    this.window = window;
    this.share = share;
    this.seed = seed;
  }

  /** That of all steps. */
  public PrequentialScore(Task task, int window) {
    this(task, window, 1, 0);
  }

  /** Whether a step's examples are scored: a function of seed and step, so the same in a repeat. */
  public boolean wants(long step) {
    return share >= 1 || new SplittableRandom(seed + step).nextDouble() < share;
  }

  /** An example that the weights before its step answered with a row of outputs. */
  public PrequentialEntry predicted(float[] row, TokenizedExample example) {
    return PrequentialEntry.of(task.score(row, example.target()), example.eventTime());
  }

  /** Adds predictions made before training on their examples. */
  public void add(List<PrequentialEntry> scores) {
    for (PrequentialEntry score : scores) {
      recent.addLast(score);
      if (recent.size() > window) {
        recent.removeFirst();
      }
    }
  }

  /** Mean cross-entropy, nats; NaN before the first example. */
  public double loss() {
    return recent.stream().mapToDouble(PrequentialEntry::loss).average().orElse(Double.NaN);
  }

  /** Share correct, 0 to 1; NaN before the first example. */
  public double accuracy() {
    return recent.stream()
        .mapToDouble(score -> score.isCorrect() ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Where the accuracy lies, were the window's examples drawn independently and the weights the
   * same for all.
   */
  public Interval accuracyInterval() {
    long correct = recent.stream().filter(PrequentialEntry::isCorrect).count();
    return Interval.ofShare(correct, recent.size());
  }

  /** What always answering the window's most frequent label would score. */
  public double constantAccuracy() {
    if (recent.isEmpty()) {
      return Double.NaN;
    }
    int labels = 1 + recent.stream().mapToInt(score -> score.truth().group()).max().getAsInt();
    long[] counts = new long[labels];
    recent.forEach(score -> counts[score.truth().group()]++);
    long largest = 0;
    for (long count : counts) {
      largest = Math.max(largest, count);
    }
    return (double) largest / recent.size();
  }

  /**
   * All scores of the recent examples, with their event-time window and intervals; empty before the
   * first. Those of a checkpoint that did not keep probabilities yet are left out.
   */
  public Optional<Evaluation> evaluation(OutputSpace outputs) {
    List<PrequentialEntry> whole = recent.stream().filter(PrequentialEntry::isWhole).toList();
    return whole.isEmpty()
        ? Optional.empty()
        : Optional.of(
            task.evaluate(
                    new ScoredSet(
                        whole.stream().map(PrequentialEntry::scored).toList(),
                        whole.stream().flatMap(entry -> entry.eventTime().stream()).toList(),
                        List.of()),
                    outputs)
                .withoutConfusion());
  }

  /** The recent scores, oldest first: what a checkpoint keeps. */
  public List<PrequentialEntry> recent() {
    return List.copyOf(recent);
  }
}
