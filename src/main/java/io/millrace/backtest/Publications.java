package io.millrace.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the gate let through, and whether it was right.
 *
 * @param published versions published
 * @param held candidates held back
 * @param rolledBack versions taken back by the service itself
 * @param versions each version published
 */
public record Publications(int published, int held, int rolledBack, List<Judged> versions) {

  /** Held-out examples behind a version that judge it. */
  static final int JUDGES = 200;

  public Publications {
    versions = List.copyOf(versions);
  }

  /** Versions that can be judged: not the first, nor those with too few examples behind them. */
  @JsonProperty
  public long judged() {
    return versions.stream().filter(Judged::isJudged).count();
  }

  /** Of those judged, the ones with a higher loss than the version before. */
  @JsonProperty
  public long wrongByLoss() {
    return count(version -> version.loss() > version.predecessorLoss());
  }

  /** Of those judged, the ones with a lower accuracy than the version before. */
  @JsonProperty
  public long wrongByAccuracy() {
    return count(version -> version.accuracy() < version.predecessorAccuracy());
  }

  private long count(Predicate<Judged> wrong) {
    return versions.stream().filter(Judged::isJudged).filter(wrong).count();
  }

  /**
   * A version and the one before it, on the same held-out examples, the next ones behind it.
   *
   * @param version its number
   * @param examplesTrained new examples trained before it
   * @param examples how many judge it
   * @param loss nats
   * @param accuracy 0 to 1
   * @param predecessorLoss NaN for the first version
   * @param predecessorAccuracy NaN for the first version
   */
  public record Judged(
      long version,
      long examplesTrained,
      long examples,
      double loss,
      double accuracy,
      double predecessorLoss,
      double predecessorAccuracy) {

    static Judged of(ContinuousRun.Promotion promotion) {
      return new Judged(
          promotion.version(),
          promotion.examplesTrained(),
          promotion.successor().examples(),
          promotion.successor().loss(),
          promotion.successor().accuracy(),
          promotion.predecessor().map(before -> before.loss()).orElse(Double.NaN),
          promotion.predecessor().map(before -> before.accuracy()).orElse(Double.NaN));
    }

    boolean isJudged() {
      return examples >= JUDGES && !Double.isNaN(predecessorLoss);
    }
  }
}
