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

  /**
   * Held-out examples kept, the newest. More cost more and judge finer.
   *
   * <p>Unit: examples.
   */
  @WithDefault("1000")
  @Min(1)
  int heldOutWindow();

  /**
   * Examples trained between two evaluations. Fewer find a better version sooner and spend the
   * error rate faster.
   *
   * <p>Unit: examples.
   */
  @WithDefault("512")
  @Min(1)
  int everyExamples();

  /**
   * Longest time between two evaluations while anything was trained, for slow streams; a quarter of
   * {@code millrace.publication.freshness} if that is shorter.
   */
  @WithDefault("60s")
  @DurationMin(message = "must not be negative")
  Duration every();

  /**
   * Share of the time of training and evaluations together that evaluations may take. One that took
   * 8 s at 0.09 is followed by 81 s of training steps without any, whatever the two settings above
   * say, and by more while the window grows. So evaluations cost less than a tenth of the time that
   * training takes. Before the first version, and once freshness is overdue, the clock counts
   * instead of the steps.
   *
   * <p>Unit: share, above 0 to 1.
   */
  @WithDefault("0.09")
  @DecimalMin(value = "0", inclusive = false)
  @DecimalMax("1")
  double maxShare();

  /**
   * Share of the batches that are scored before they are trained on, drawn by seed and step. Less
   * is cheaper: that forward pass takes a fifth to a quarter of a step with MiniLM.
   *
   * <p>Unit: share, 0 to 1.
   */
  @WithDefault("1")
  @DecimalMin("0")
  @DecimalMax("1")
  double prequentialShare();

  /**
   * Recent examples over which the prequential score is taken. More are surer, fewer show a change
   * sooner.
   *
   * <p>Unit: examples.
   */
  @WithDefault("500")
  @Min(1)
  int prequentialWindow();

  /**
   * Texts of one forward pass when scoring. It keeps nothing for gradients, so it may be above a
   * step's.
   *
   * <p>Unit: examples.
   */
  @WithDefault("64")
  @Min(1)
  int batchExamples();
}
