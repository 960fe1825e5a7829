package io.millrace.publication;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;

/** When a candidate becomes a version, and how many are kept. */
@ConfigMapping(prefix = "millrace.publication")
public interface PublicationSettings {

  /**
   * How much lower the candidate's loss must be than the current version's on the same held-out
   * examples, in nats: below that, a new version is churn for everyone who loads it.
   */
  @WithDefault("0.005")
  @DecimalMin("0")
  double minLossDecrease();

  /** Held-out examples of each label that the first version needs to be judged by. */
  @WithDefault("20")
  @Min(1)
  int minHeldOutPerLabel();

  /** Versions whose files are kept; the current one always is. */
  @WithDefault("5")
  @Min(1)
  int keepVersions();
}
