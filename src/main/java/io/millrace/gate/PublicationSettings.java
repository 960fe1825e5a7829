package io.millrace.gate;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** When a candidate becomes a version, and how many are kept. */
@ConfigMapping(prefix = "millrace.publication")
public interface PublicationSettings {

  /**
   * What a candidate and the current version are compared by on each example: right or wrong
   * ({@code ACCURACY}, McNemar's exact test), or the cross-entropy ({@code LOG_LOSS}, a paired test
   * of means, each difference cut to 2 nats). Accuracy is what most users of a classifier see.
   */
  @WithDefault("ACCURACY")
  GateScore score();

  /**
   * Probability that, while one version is current, any candidate is published that is no better
   * (or, once freshness is overdue, worse than the margin): all interim looks together.
   *
   * <p>Unit: probability.
   */
  @WithDefault("0.05")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax(value = "1", inclusive = false)
  double errorRate();

  /**
   * Age of the newest example in the current version from which a candidate that has newer ones
   * need not be better, only not worse than the margin: otherwise a plateau would stop publication.
   */
  @WithDefault("1h")
  @DurationMin(message = "must not be negative")
  Duration freshness();

  /**
   * How much worse a candidate may be once freshness is overdue. By loss a margin of 2 nats or more
   * is met by every candidate.
   *
   * <p>Unit: the score's: share of examples, or nats.
   */
  @WithDefault("0.02")
  @DecimalMin(value = "0", inclusive = false)
  double margin();

  /**
   * Held-out examples that a comparison needs; fewer show nothing at these error rates.
   *
   * <p>Unit: examples.
   */
  @WithDefault("100")
  @Min(1)
  int minExamples();

  /**
   * Held-out examples of a class from which on its recall counts by itself; with fewer it moves by
   * chance.
   *
   * <p>Unit: examples.
   */
  @WithDefault("20")
  @Min(1)
  int classEvidence();

  /**
   * How much lower than the current version's the recall of such a class may be. If it is lower,
   * and a test at 5% over all such classes confirms it, the candidate is held.
   *
   * <p>Unit: share, 0 to 1.
   */
  @WithDefault("0.10")
  @DecimalMin("0")
  double maxRecallLoss();

  /**
   * Held-out examples of each label, the first that come, that are kept for ever: the golden set,
   * which shows forgetting. 0 keeps none.
   *
   * <p>Unit: examples.
   */
  @WithDefault("50")
  @Min(0)
  int goldenPerLabel();

  /**
   * Most examples of the golden set in all. Each evaluation scores them, beside the window, for the
   * candidate, and once for each version. With more than 20 labels each has fewer than 50, as many
   * of each as the stream gives.
   *
   * <p>Unit: examples.
   */
  @WithDefault("1000")
  @Min(1)
  int goldenMost();

  /**
   * A file of examples that are the golden set instead, one JSON object a line as on the held-out
   * topic (gzip if its name ends in {@code .gz}): what no version may forget, chosen by you. It is
   * read at start; a line that breaks the contract, or has a label that is none of the set, fails
   * the start with its number. If labels may grow, examples of those still unknown count from the
   * start after they were added. Without the setting again, they stay as the first of the set.
   */
  Optional<Path> goldenFile();

  /**
   * How much lower the accuracy on the golden set may be than the highest of the current version
   * and those that it comes from, so that small losses do not add up.
   *
   * <p>Unit: share, 0 to 1.
   */
  @WithDefault("0.02")
  @DecimalMin("0")
  double maxGoldenLoss();

  /**
   * Whether a version's classifier is divided by a temperature, fitted on a half of the held-out
   * window that the gate then does not score. Probabilities mean more, and each comparison has half
   * of the examples. With fewer than {@link #minExamples} in the other half there is none.
   */
  @WithDefault("false")
  boolean temperatureScaling();

  /**
   * Whether a version that turns out worse than its predecessor, on held-out examples that arrived
   * after it, is rolled back.
   */
  @WithDefault("true")
  boolean rollBack();

  /**
   * Held-out examples of each label that the first version needs to be judged by. If a label is too
   * rare for that: twice as many for each label in all, or {@link #minExamples}, whichever is
   * fewer.
   *
   * <p>Unit: examples.
   */
  @WithDefault("20")
  @Min(1)
  int minHeldOutPerLabel();

  /**
   * Versions whose files are kept, the newest. More stay while a consumer could still be sent to
   * them: the current one, the one before it, and those that can be rolled back to.
   *
   * <p>Unit: versions.
   */
  @WithDefault("5")
  @Min(1)
  int keepVersions();

  /** Age from which on the files of an older version go, too. By default age alone removes none. */
  Optional<@DurationMin(nanos = 1, message = "must be longer than 0") Duration> maxVersionAge();

  /** How long a version's files stay once another took its place: consumers may be loading them. */
  @WithDefault("1h")
  @DurationMin(message = "must not be negative")
  Duration supersededGrace();

  /**
   * How long sending a version to the artifact store is tried again. Then the version is given up,
   * and the next evaluation decides anew.
   */
  @WithDefault("5m")
  @DurationMin(nanos = 1, message = "must be longer than 0")
  Duration uploadTimeout();
}
