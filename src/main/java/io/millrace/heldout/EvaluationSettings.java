package io.millrace.heldout;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How often and on what the weights are scored. */
@ConfigMapping(prefix = "millrace.evaluation")
public interface EvaluationSettings {

  /** Held-out examples kept, newest first out last; more cost more and judge finer. */
  @WithDefault("1000")
  @Min(1)
  int heldOutWindow();

  /** Examples trained between two evaluations. */
  @WithDefault("512")
  @Min(1)
  int everyExamples();

  /**
   * Longest time between two evaluations while anything was trained, for slow streams; a quarter of
   * {@code millrace.publication.freshness} where that is shorter.
   */
  @WithDefault("60s")
  @DurationMin(message = "must not be negative")
  Duration every();

  /**
   * Share of the time of training and evaluations together that evaluations may take: one that took
   * 8 s at 0.09 is followed by 81 s of training steps without any, whatever the two settings above
   * say, and by more while the window grows. So they cost less than a tenth of the time that
   * training takes. Before the first version, and once freshness is overdue, the clock counts
   * instead of the steps.
   */
  @WithDefault("0.09")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("1")
  double maxShare();

  /**
   * Share of the batches that are scored before they are trained on, drawn by seed and step: that
   * forward pass takes a fifth to a quarter of a step.
   */
  @WithDefault("1")
  @DecimalMin("0")
  @DecimalMax("1")
  double prequentialShare();

  /** Recent examples over which the prequential score is taken. */
  @WithDefault("500")
  @Min(1)
  int prequentialWindow();

  /** Texts of one forward pass when scoring; needs no memory for gradients, so above a step's. */
  @WithDefault("64")
  @Min(1)
  int batchExamples();
}
