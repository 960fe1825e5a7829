package io.millrace.checkpoint;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How often the state is saved. */
@ConfigMapping(prefix = "millrace.checkpoint")
public interface CheckpointSettings {

  /** Time between two checkpoints: what a crash costs at most is trained again. */
  @WithDefault("60s")
  @DurationMin(message = "must not be negative")
  Duration every();

  /** Checkpoints kept; older ones stand in for a damaged newest. */
  @WithDefault("3")
  @Min(1)
  int keep();

  /**
   * Published versions that one can roll back to: what training had left behind when each was made
   * is kept, about three times the size of the weights.
   */
  @WithDefault("3")
  @Min(1)
  int keepVersions();
}
