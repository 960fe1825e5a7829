package io.millrace.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What this instance is. */
@ConfigMapping(prefix = "millrace")
public interface InstanceSettings {

  /**
   * What this instance does. {@code train}: trains, and answers. {@code serve}: a replica that
   * follows the versions topic, fetches each version into a folder of its own under {@code
   * millrace.store}, and answers.
   */
  @WithDefault("train")
  Role role();
}
