package io.millrace.backtest.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.backtest.LeftOut;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was measured on one stream.
 *
 * @param stream what was learned from
 * @param complete whether all arms were run
 * @param ours the arm that is the service as its settings want it
 * @param setup how
 * @param constant accuracy of always answering the label that was most frequent so far, on the same
 *     examples as the arms
 * @param arms those run so far
 * @param differences of the service's arms to the one that is frozen behind the first tenth and the
 *     one that is trained from scratch again and again, paired
 */
public record StreamReport(
    Source stream,
    boolean complete,
    String ours,
    Setup setup,
    double constant,
    List<StrategyReport> arms,
    List<Difference> differences) {

  public StreamReport {
    arms = List.copyOf(arms);
    differences = List.copyOf(differences);
  }

  /** Whether the service does what is asked of it. */
  @JsonProperty
  public List<Verdict> verdicts() {
    return Verdict.of(this);
  }

  /**
   * The stream.
   *
   * @param file its name
   * @param examples how many, held-out ones included
   * @param heldOut how many are held out
   * @param compared how many were predicted by all arms
   * @param labels the label set
   * @param leftOut lines that were not used, by reason
   * @param oldest event time of the first
   * @param newest event time of the last
   */
  public record Source(
      String file,
      int examples,
      int heldOut,
      int compared,
      List<String> labels,
      Map<String, LeftOut> leftOut,
      Instant oldest,
      Instant newest) {

    public Source {
      labels = List.copyOf(labels);
      leftOut = Map.copyOf(leftOut);
    }
  }

  /**
   * What the numbers depend on.
   *
   * @param trainings of the arm that is trained from scratch
   * @param passes of each such training
   * @param bootstrapBlock most examples of a block of the intervals' bootstrap
   * @param bootstrapResamples its resamples
   * @param bootstrapSeed its seed; that of training is among the settings
   * @param settings of all arms
   */
  public record Setup(
      int trainings,
      int passes,
      int bootstrapBlock,
      int bootstrapResamples,
      long bootstrapSeed,
      Map<String, String> settings) {

    public Setup {
      settings = Collections.unmodifiableMap(new TreeMap<>(settings)); // by name
    }
  }

  /**
   * How much more often one arm is right than another.
   *
   * @param arm the one
   * @param to the other
   * @param accuracy one minus other, -1 to 1
   */
  public record Difference(String arm, String to, Interval accuracy) {

    String sentence() {
      return String.format(
          Locale.ROOT,
          "%s is %+.2f points [%+.2f, %+.2f] from \"%s\"",
          arm,
          100 * accuracy.mean(),
          100 * accuracy.low(),
          100 * accuracy.high(),
          to);
    }
  }
}
