package io.millrace.input;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** What is accepted from producers. */
@ConfigMapping(prefix = "millrace.example")
public interface ExampleSettings {

  /**
   * Longest {@code text} or {@code text_pair}; a longer one is dead-lettered. It is far above what
   * the model reads, so it stops mistakes (a whole file in a field), not long texts, which are cut
   * in tokens.
   *
   * <p>Unit: characters (UTF-16).
   */
  @WithDefault("20000")
  @Min(1)
  int maxTextCharacters();

  /**
   * Longest {@code id}, and longest key of a retraction; a longer one is dead-lettered. Ids are
   * kept in memory, in checkpoints and in the journal.
   *
   * <p>Unit: characters (UTF-16).
   */
  @WithDefault("512")
  @Min(1)
  int maxIdCharacters();

  /**
   * Field of the held-out examples by whose values scores are told apart, the 20 most frequent
   * ones. The values appear in events and on the page, so name no field with texts.
   */
  @WithDefault("group")
  String sliceField();
}
