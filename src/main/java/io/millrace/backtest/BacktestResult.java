package io.millrace.backtest;

import java.util.List;
import java.util.Map;

/**
 * What the arms predicted, before anything is made of it. Immutable.
 *
 * @param file the stream's name
 * @param stream what was learned from
 * @param leftOut lines that were not used, by reason
 * @param complete whether all arms were run
 * @param trainings of the arm that is trained from scratch
 * @param settings of all arms, by full name
 * @param measured the arms run so far, in order
 */
public record BacktestResult(
    String file,
    EventStream stream,
    Map<String, LeftOut> leftOut,
    boolean complete,
    int trainings,
    Map<String, String> settings,
    List<Measured> measured) {

  public BacktestResult {
    leftOut = Map.copyOf(leftOut);
    measured = List.copyOf(measured);
  }
}
