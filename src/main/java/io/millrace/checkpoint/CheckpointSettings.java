package io.millrace.checkpoint;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Where and how often the state is saved. */
@ConfigMapping(prefix = "millrace")
public interface CheckpointSettings {

  /** The folder of checkpoints and versions, by model. A standby needs the same one. */
  @WithDefault("data")
  String store();

  /** Time between two checkpoints: what a crash costs at most is trained again. */
  @WithName("checkpoint.every")
  @WithDefault("60s")
  Duration every();

  /** Checkpoints kept; older ones stand in for a damaged newest. */
  @WithName("checkpoint.keep")
  @WithDefault("3")
  @Min(1)
  int keep();
}
