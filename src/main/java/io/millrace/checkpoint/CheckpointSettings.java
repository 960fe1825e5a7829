package io.millrace.checkpoint;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How often the state is saved. */
@ConfigMapping(prefix = "millrace.checkpoint")
public interface CheckpointSettings {

  /** Time between two checkpoints: a crash costs at most so much training again. */
  @WithDefault("60s")
  @DurationMin(message = "must not be negative")
  Duration every();

  /**
   * Checkpoints kept; an older one stands in for a damaged newest.
   *
   * <p>Unit: checkpoints.
   */
  @WithDefault("3")
  @Min(1)
  int keep();

  /**
   * Published versions that can be rolled back to: the training state at the time that each was
   * made is kept, about three times the size of the weights. At least 2, because the current one
   * and the one before it always stay (with 2, a third until the next publication): a version that
   * turns out worse is rolled back to its predecessor. Versions that were rolled back go first.
   *
   * <p>Unit: versions.
   */
  @WithDefault("3")
  @Min(2)
  int keepVersions();

  /**
   * Part of the journal that stays whatever needs it, the newest. Older parts go once no kept
   * checkpoint, version, or version that can be rolled back to needs them. While all of it is
   * there, a version can be rebuilt from the base; 64 MB are some 55 million examples.
   *
   * <p>Unit: MB.
   */
  @WithDefault("64")
  @Min(0)
  int keepJournal();
}
