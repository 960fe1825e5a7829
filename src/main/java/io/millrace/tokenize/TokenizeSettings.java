package io.millrace.tokenize;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** How texts become tokens. */
@ConfigMapping(prefix = "millrace.tokenize")
public interface TokenizeSettings {

  /**
   * Longest text, special tokens included; a longer one is cut. Cost grows with it, and most labels
   * are decided early in a text.
   *
   * <p>Unit: tokens.
   */
  @WithDefault("128")
  @Min(8)
  int maxLength();
}
