package io.millrace.serving.model;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.Optional;

/** What answers a prediction request, and what one may ask. */
@ConfigMapping(prefix = "millrace.serving")
public interface ServingSettings {

  /**
   * Most inputs of one request, and of one forward pass that requests share; memory grows with it.
   * Texts may be as long as the texts of examples.
   */
  @WithDefault("64")
  @Min(1)
  int maxInputs();

  /** The version that answers, whatever is published; where absent, the current one. */
  Optional<@Positive Long> pin();

  /**
   * Share of the requests that the current version answers although another is pinned, 0 to 1: a
   * canary.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @DecimalMax("1")
  double canaryShare();

  /**
   * Whether the version before the current one stays loaded, for comparison and for a roll-back at
   * once; it costs its weights in memory again.
   */
  @WithDefault("true")
  boolean keepPrevious();

  /**
   * Where a replica fetches versions whose announced folder it does not see, and their list where
   * the versions topic has lost it, as in {@code http://trainer:8080/api/v1/versions}; the files
   * are at {@code /NUMBER/files/NAME} below.
   */
  Optional<
          @Pattern(regexp = "https?://.+", message = "must be an http:// or https:// address")
          String>
      artifactsUrl();

  /** What it shows there: one of the trainer's {@code millrace.security.download-keys}. */
  Optional<String> downloadKey();
}
