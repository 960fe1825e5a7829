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
   * Published versions that training can roll back to: the state of training when each was made is
   * kept, about three times the size of the weights. At least the current one and the one before
   * it, which a version that turns out worse is rolled back to; versions that were rolled back go
   * first.
   */
  @WithDefault("3")
  @Min(2)
  int keepVersions();

  /**
   * Megabytes of the journal that stay whatever needs them, the newest. What is older goes once no
   * kept checkpoint, version, or version that one can roll back to needs it. While all of it is
   * there, a version can be rebuilt from the base; 64 MB are some 55 million examples.
   */
  @WithDefault("64")
  @Min(0)
  int keepJournal();
}
