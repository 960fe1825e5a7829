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

  /** Whether the stream is watched. Events cost next to nothing. */
  @WithDefault("true")
  boolean enabled();

  /** Examples before the first alarm: until then the loss falls because the model learns. */
  @WithDefault("1000")
  @Min(0)
  int warmUp();

  /**
   * Examples without another alarm of a detector behind one: what a reaction does to the loss must
   * not set off the next.
   */
  @WithDefault("1000")
  @Min(0)
  int coolDown();

  /** ADWIN's delta on the prequential loss: the smaller, the surer a rise must be. */
  @WithDefault("0.002")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("1")
  double adwinDelta();

  /**
   * Rise of the mean prequential loss that Page-Hinkley does not count, nats. Losses are skewed: at
   * the few thousandths of textbooks a stream that stands still would alarm every few thousand
   * examples.
   */
  @WithDefault("0.2")
  @DecimalMin("0")
  double pageHinkleyTolerance();

  /** Page-Hinkley's threshold on the prequential loss, nats summed up above its mean. */
  @WithDefault("50")
  @DecimalMin(value = "0", inclusive = false)
  double pageHinkleyThreshold();

  /** Examples of a window whose labels and texts are compared with those of the one before. */
  @WithDefault("500")
  @Min(50)
  int window();

  /** Probability that two windows of an unchanged stream are told apart, each test. */
  @WithDefault("0.001")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("0.5")
  double falseAlarm();

  /**
   * What a rise of the loss brings about. By default it is only told: re-warming changes no rate
   * that stands at its peak, which is where the default schedule has it, and no reaction has been
   * shown to help on the streams measured.
   */
  @WithDefault("ALERT")
  List<DriftAction> onLoss();

  /** What another mix of labels brings about. */
  @WithDefault("ALERT")
  List<DriftAction> onLabels();

  /** What other texts bring about. */
  @WithDefault("ALERT")
  List<DriftAction> onTexts();
}
