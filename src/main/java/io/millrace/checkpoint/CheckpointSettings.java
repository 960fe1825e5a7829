package io.millrace.checkpoint;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How often the state is saved. */
@ConfigMapping(prefix = "millrace.checkpoint")
public interface CheckpointSettings {

  /** Time between two checkpoints: what a crash costs at most is trained again. */
  @WithDefault("60s")
  Duration every();

  /** Checkpoints kept; older ones stand in for a damaged newest. */
  @WithDefault("3")
  @Min(1)
  int keep();
}
