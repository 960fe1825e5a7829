package io.millrace.backtest;

import java.util.Map;
import java.util.Optional;

/**
 * An arm's way, before anything is made of it.
 *
 * @param name in tables
 * @param settings those that only this arm has
 * @param walk what it predicted
 * @param examplesTrained examples trained on, each as often as it was
 * @param publications what the gate did; empty where there is none
 * @param driftReactions drift signals that changed how it trained
 * @param seconds wall time
 */
public record Measured(
    String name,
    Map<String, String> settings,
    PrequentialRun walk,
    long examplesTrained,
    Optional<Publications> publications,
    int driftReactions,
    double seconds) {

  /** The same under another name. */
  Measured as(String otherName, Map<String, String> otherSettings) {
    return new Measured(
        otherName, otherSettings, walk, examplesTrained, publications, driftReactions, seconds);
  }
}
