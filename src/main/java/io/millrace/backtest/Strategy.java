package io.millrace.backtest;

import io.millrace.tokenize.TokenMatrix;
import java.io.IOException;
import java.util.Optional;

/**
 * One way to keep a model up to date along a stream. Each owns its model until closed; one thread,
 * one arm at a time.
 */
sealed interface Strategy extends AutoCloseable permits BatchStrategy, ContinuousStrategy {

  /**
   * Where it learns next.
   *
   * @param from the place where it learned last, 0 before
   * @return behind that, at most the stream's end
   */
  int nextStop(int from);

  /** Learns at a stop from what lies behind the one before. */
  void learn(int from, int to) throws IOException;

  /** Whether it has a model to predict with. */
  boolean hasModel();

  /**
   * Its model's answer as it is now.
   *
   * @return {@code [B][L]}
   */
  float[][] logits(TokenMatrix tokens);

  /** Examples trained on so far, each as often as it was. */
  long examplesTrained();

  /** What was published on the way; empty where nothing decides on that. */
  Optional<Publications> publications();

  /** Drift signals so far that changed how it trains. */
  int driftReactions();

  @Override
  void close();
}
