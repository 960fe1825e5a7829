package io.millrace.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** How the loop runs. */
@ConfigMapping(prefix = "millrace.pipeline")
public interface PipelineSettings {

  /**
   * Closed chunks that may wait for the training thread; then partitions are paused. One keeps the
   * thread busy while the next is tokenized; more only adds memory and delay.
   *
   * <p>Unit: chunks.
   */
  @WithDefault("1")
  @Min(1)
  int queuedChunks();

  /**
   * Steps between two log lines about training. Every step would fill the log.
   *
   * <p>Unit: steps.
   */
  @WithDefault("10")
  @Min(1)
  int logEverySteps();
}
