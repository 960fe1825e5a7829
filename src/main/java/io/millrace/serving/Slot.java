package io.millrace.serving;

import java.util.Locale;

/** What a version is loaded for. */
public enum Slot {
  /** It is the newest, or the one that was rolled back to. */
  CURRENT,
  /** The current one replaced it. */
  PREVIOUS,
  /** {@code millrace.serving.pin} names it. */
  PINNED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
