package io.millrace.backtest.report;

import io.millrace.backtest.Publications;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one arm came to. Undefined values are NaN.
 *
 * @param name in tables
 * @param settings those that only this arm has
 * @param accuracy of predicting before learning, behind the first tenth of the stream, 0 to 1
 * @param byTenth the same within each tenth of the stream
 * @param heldOut accuracy on all held-out examples at the stream's end
 * @param oldestByTenth accuracy on the oldest tenth of them behind each tenth of the stream
 * @param forgotten what of that was lost at the end since its best (Chaudhry et al. 2018,
 *     arXiv:1801.10112); below 0 where the end is the best
 * @param examplesTrained examples trained on, each as often as it was
 * @param publications what the gate did; empty where there is none
 * @param driftReactions drift signals that changed how it trained
 * @param seconds wall time
 */
public record StrategyReport(
    String name,
    Map<String, String> settings,
    Interval accuracy,
    List<Interval> byTenth,
    double heldOut,
    List<Double> oldestByTenth,
    double forgotten,
    long examplesTrained,
    Optional<Publications> publications,
    int driftReactions,
    double seconds) {

  public StrategyReport {
    settings = Map.copyOf(settings);
    byTenth = List.copyOf(byTenth);
    oldestByTenth = List.copyOf(oldestByTenth);
  }

  /** The best before the end, less the end. */
  static double forgotten(List<Double> byTenth) {
    double best =
        byTenth.subList(0, byTenth.size() - 1).stream()
            .filter(value -> !Double.isNaN(value))
            .mapToDouble(value -> value)
            .max()
            .orElse(Double.NaN);
    return best - byTenth.get(byTenth.size() - 1);
  }
}
