package io.millrace.serving;

import java.util.Optional;

/** Which version is to answer a request. */
public sealed interface VersionChoice {

  /** Whatever the settings say, for a caller that does not mind. */
  VersionChoice ROUTED = new Routed(Optional.empty());

  /**
   * By the settings: the pinned version where there is one, but for the canary's share of the
   * requests; else the current one.
   *
   * @param key requests of the same key get the same side; without one, chance decides
   */
  record Routed(Optional<String> key) implements VersionChoice {}

  /** The one that is loaded for this. */
  record Of(Slot slot) implements VersionChoice {}

  /** The one with this number, where it is loaded. */
  record Numbered(long version) implements VersionChoice {}

  /**
   * Reads a choice.
   *
   * @param text {@code current}, {@code previous}, {@code pinned} or a version's number
   * @throws IllegalArgumentException naming these
   */
  static VersionChoice parse(String text) {
    for (Slot slot : Slot.values()) {
      if (slot.toString().equals(text)) {
        return new Of(slot);
      }
    }
    try {
      return new Numbered(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a version is \"current\", \"previous\", \"pinned\" or a number", e);
    }
  }
}
