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
   * Most inputs of one prediction request, and of the forward pass that requests share; memory
   * grows with it. Texts may be as long as those of examples.
   *
   * <p>Unit: inputs.
   */
  @WithDefault("64")
  @Min(1)
  int maxInputs();

  /**
   * The version that answers, whatever is published. If absent, the current one does.
   *
   * <p>Unit: version number.
   */
  Optional<@Positive Long> pin();

  /**
   * Share of the requests that the current version answers although another is pinned: a canary.
   *
   * <p>Unit: share, 0 to 1.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @DecimalMax("1")
  double canaryShare();

  /**
   * Whether the version before the current one stays loaded, for comparison and for a roll-back at
   * once. It costs its weights in memory again, with MiniLM 90 MB.
   */
  @WithDefault("true")
  boolean keepPrevious();

  /**
   * Where a replica fetches versions if it does not see their announced folder, and their list if
   * the versions topic has lost it: the trainer's {@code http://HOST:PORT/api/v1/versions}, under
   * which the files are at {@code /NUMBER/files/NAME}.
   */
  Optional<
          @Pattern(regexp = "https?://.+", message = "must be an http:// or https:// address")
          String>
      artifactsUrl();

  /** What a replica shows there: one of the trainer's {@code millrace.security.download-keys}. */
  Optional<String> downloadKey();
}
