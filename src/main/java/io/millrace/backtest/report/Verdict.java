package io.millrace.backtest.report;

import io.millrace.backtest.StrategyPlan;
import java.util.List;

/**
 * What is asked of learning from a stream: to be better than not learning, beyond doubt, and hardly
 * worse than training on everything again and again.
 *
 * @param arm the service's arm
 * @param to the arm that it is compared with
 * @param met whether it is so
 * @param sentence the numbers
 */
public record Verdict(String arm, String to, boolean met, String sentence) {

  private static final int MANY = 5000;
  private static final double MOST_BEHIND = -0.005;

  /** Of the service as it is: one for each arm that it is compared with. */
  static List<Verdict> of(StreamReport report) {
    return report.differences().stream()
        .filter(one -> one.arm().equals(report.ours()))
        .map(one -> of(one, report))
        .toList();
  }

  private static Verdict of(StreamReport.Difference difference, StreamReport report) {
    Interval accuracy = difference.accuracy();
    boolean toFrozen = difference.to().equals(StrategyPlan.FROZEN);
    boolean many = report.stream().examples() >= MANY;
    boolean met =
        toFrozen
            ? accuracy.low() > 0
            : many ? accuracy.mean() >= MOST_BEHIND : accuracy.high() >= 0;
    String asked =
        toFrozen ? "lower end above 0" : many ? "at least -0.5 points" : "interval not below 0";
    return new Verdict(
        difference.arm(),
        difference.to(),
        met,
        "%s (asked: %s; %s)"
            .formatted(difference.sentence(), asked, met ? "it is so" : "it is not so"));
  }
}
