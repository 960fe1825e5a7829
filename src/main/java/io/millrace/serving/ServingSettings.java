package io.millrace.serving;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** What one prediction request may ask. Its texts may be as long as those of examples. */
@ConfigMapping(prefix = "millrace.serving")
public interface ServingSettings {

  /** Most inputs of one request; they run as one batch, so memory grows with it. */
  @WithDefault("64")
  @Min(1)
  int maxInputs();
}
