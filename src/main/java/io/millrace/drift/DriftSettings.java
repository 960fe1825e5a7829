package io.millrace.drift;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.util.List;

/** What counts as drift of the stream, and how training reacts. */
@ConfigMapping(prefix = "millrace.drift")
public interface DriftSettings {

  /** Whether the stream is watched for drift. Events cost next to nothing. */
  @WithDefault("true")
  boolean enabled();

  /**
   * Examples before the first alarm: until then the loss falls because the model learns.
   *
   * <p>Unit: examples.
   */
  @WithDefault("1000")
  @Min(0)
  int warmUp();

  /**
   * Examples after an alarm without another of the same detector: what a reaction does to the loss
   * must not set off the next.
   *
   * <p>Unit: examples.
   */
  @WithDefault("1000")
  @Min(0)
  int coolDown();

  /**
   * ADWIN's delta on the prequential loss: the smaller, the surer a rise must be.
   *
   * <p>Unit: probability.
   */
  @WithDefault("0.002")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("1")
  double adwinDelta();

  /**
   * Rise of the mean prequential loss that Page-Hinkley does not count. Losses are skewed: at the
   * few thousandths of textbooks a stream that stands still would raise an alarm every few thousand
   * examples.
   *
   * <p>Unit: nats.
   */
  @WithDefault("0.2")
  @DecimalMin("0")
  double pageHinkleyTolerance();

  /**
   * Page-Hinkley's threshold on the prequential loss, summed up above its mean. Higher is surer and
   * later.
   *
   * <p>Unit: nats.
   */
  @WithDefault("50")
  @DecimalMin(value = "0", inclusive = false)
  double pageHinkleyThreshold();

  /**
   * Examples of a window whose labels and texts are compared with those of the one before. More
   * show smaller changes, later.
   *
   * <p>Unit: examples.
   */
  @WithDefault("500")
  @Min(50)
  int window();

  /**
   * Probability that two windows of an unchanged stream are told apart, for each test. Small,
   * because there is a test at each window.
   *
   * <p>Unit: probability.
   */
  @WithDefault("0.001")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("0.5")
  double falseAlarm();

  /**
   * What a rise of the loss brings about; several, separated by commas. {@code ALERT}: nothing but
   * the event, because no reaction has been shown to help on the streams measured. {@code REWARM}:
   * the learning-rate schedule begins again, from the rate it has come to; if that stands at its
   * peak, as on the default schedule, nothing changes. {@code RAISE_REPLAY}: twice the replay for a
   * cool-down. {@code SHORTEN_WINDOW}: the older half of the held-out window leaves.
   */
  @WithDefault("ALERT")
  List<DriftAction> onLoss();

  /**
   * What another mix of labels brings about; the same choices as {@code millrace.drift.on-loss},
   * and the same reason for the default.
   */
  @WithDefault("ALERT")
  List<DriftAction> onLabels();

  /**
   * What other texts bring about; the same choices as {@code millrace.drift.on-loss}, and the same
   * reason for the default.
   */
  @WithDefault("ALERT")
  List<DriftAction> onTexts();
}
