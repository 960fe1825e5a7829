package io.millrace.replay;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;

/** Whether and how past examples are trained on again. */
@ConfigMapping(prefix = "millrace.replay")
public interface ReplaySettings {

  /**
   * Most past examples kept to be trained on again. 0 keeps none, and each example is trained on
   * once. Enough that a stretch of one label does not make the model forget the others. Each costs
   * about 300 bytes of heap and 8 a token, twice that while a checkpoint is written.
   *
   * <p>Unit: examples.
   */
  @WithDefault("2000")
  @Min(0)
  int size();

  /**
   * Which examples are kept and drawn: {@code uniform} (algorithm R), {@code class-balanced} (CBRS:
   * as many of each label as the stream gives) or {@code loss} (kept as {@code uniform}, drawn more
   * often the higher the last loss; costs a forward pass of what is drawn). Uniform is the cheapest
   * and assumes nothing.
   */
  @WithDefault("uniform")
  ReplayStrategy strategy();

  /**
   * Share of replayed examples in what a chunk is trained on. A quarter costs a third more steps.
   *
   * <p>Unit: share, 0 to 0.9.
   */
  @WithDefault("0.25")
  @DecimalMin("0")
  @DecimalMax("0.9")
  double ratio();

  /**
   * Passes per example, the first included, that idle time is used for: while no chunk waits, kept
   * examples are replayed until the average is reached. Three is what the Hugging Face Trainer does
   * with a data set; 1 leaves idle time idle.
   *
   * <p>Unit: passes.
   */
  @WithDefault("3")
  @Min(1)
  int passes();
}
