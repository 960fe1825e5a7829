package io.millrace.stream;

import java.util.List;
import java.util.Locale;

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

  /** Two for each of the service's arms. */
  static List<Verdict> of(StreamReport report) {
    return report.differences().stream().map(one -> of(one, report)).toList();
  }

  private static Verdict of(StreamReport.Difference difference, StreamReport report) {
    Interval accuracy = difference.accuracy();
    boolean toFrozen = difference.to().equals(report.arms().get(0).name());
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
        String.format(
            Locale.ROOT,
            "%s is %+.2f points [%+.2f, %+.2f] from \"%s\" (%s: %s)",
            difference.arm(),
            100 * accuracy.mean(),
            100 * accuracy.low(),
            100 * accuracy.high(),
            difference.to(),
            asked,
            met ? "yes" : "no"));
  }
}
