package io.millrace.input;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Optional;

/** Where the label set comes from. */
@ConfigMapping(prefix = "millrace.labels")
public interface LabelSettings {

  /** The labels in logit order, comma-separated. If absent they are learned from the stream. */
  Optional<List<String>> names();

  /**
   * Examples to see before learned labels are fixed; what arrives meanwhile is held. Later labels
   * are dead-lettered, so this should cover the rarest.
   *
   * <p>Unit: examples.
   */
  @WithDefault("500")
  @Min(2)
  int learnFrom();

  /**
   * Most records held while labels are learned, held-out and refused ones included; an eighth of
   * the heap is another bound. At either, the labels of all examples held are fixed. If those are
   * fewer than two, the service stops and says so.
   *
   * <p>Unit: records.
   */
  @WithDefault("50000")
  @Min(2)
  int maxHeld();

  /**
   * What becomes of an example whose label is none of the set. {@code dead-letter}: it is refused.
   * {@code grow}: the label is added after the others, in the order of the examples (held-out ones
   * included), the classifier gets a fresh row for it, and the old rows keep their weights and
   * moments. {@code refuse}: reading stops before it and {@code problem} of the status says so, for
   * teams to whom labels are a contract.
   */
  @WithDefault("dead-letter")
  UnknownLabel unknown();

  /**
   * Most labels that the set may grow to; examples of later ones are dead-lettered. A label is a
   * row of the classifier for ever, also one that a producer misspelt.
   *
   * <p>Unit: labels.
   */
  @WithDefault("1000")
  @Min(2)
  int max();

  /**
   * Longest label; an example with a longer one is dead-lettered. Labels are in each announcement
   * and each score, so this stops texts that came in their place.
   *
   * <p>Unit: characters (UTF-16).
   */
  @WithDefault("256")
  @Min(1)
  int maxCharacters();
}
