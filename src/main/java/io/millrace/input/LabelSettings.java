package io.millrace.input;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Optional;

/** Where the label set comes from. */
@ConfigMapping(prefix = "millrace.labels")
public interface LabelSettings {

  /** The labels in logit order, comma-separated; where absent they are learned from the stream. */
  Optional<List<String>> names();

  /**
   * Examples to see before learned labels are fixed: labels that come later are dead-lettered, so
   * this should cover the rarest. What arrives meanwhile is held.
   */
  @WithDefault("500")
  @Min(2)
  int learnFrom();

  /**
   * Most records held while labels are learned, held-out and refused ones included. When there are
   * as many (or they take an eighth of the heap), the labels seen so far are fixed; where those are
   * fewer than two, the service stops and says so.
   */
  @WithDefault("50000")
  @Min(2)
  int maxHeld();

  /** What becomes of an example whose label is none of the label set. */
  @WithDefault("dead-letter")
  UnknownLabel unknown();

  /**
   * Most labels that the set may grow to; later ones are dead-lettered. Each is a row of the
   * classifier for ever, also one that a producer misspelt.
   */
  @WithDefault("1000")
  @Min(2)
  int max();

  /**
   * Longest label in characters; a longer one is dead-lettered. Labels are in each announcement and
   * each score, so this stops texts that came in their place.
   */
  @WithDefault("256")
  @Min(1)
  int maxCharacters();
}
