package io.millrace.training;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;

/** Whether and how past examples are trained on again. */
@ConfigMapping(prefix = "millrace.replay")
public interface ReplaySettings {

  /**
   * Most past examples kept; 0 keeps none, and there is no replay. Enough that a stretch of one
   * label does not make the model forget the others.
   */
  @WithDefault("2000")
  @Min(0)
  int size();

  /** Which examples are kept, and which of those come back. */
  @WithDefault("uniform")
  ReplayStrategy strategy();

  /**
   * Share of the examples in a chunk's batches that are replayed. A quarter costs a third more
   * steps.
   */
  @WithDefault("0.25")
  @DecimalMin("0")
  @DecimalMax("0.9")
  double ratio();

  /**
   * Passes per example that idle time is used for, the first included: while no chunk waits, kept
   * examples are trained on until each new one had this many on average. 1 leaves idle time idle.
   * Three is what the Hugging Face Trainer does with a data set.
   */
  @WithDefault("3")
  @Min(1)
  int passes();
}
