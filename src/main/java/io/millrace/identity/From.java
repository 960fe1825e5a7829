package io.millrace.identity;

import java.time.Instant;

/** Where reading of a partition begins. */
public sealed interface From {

  /** With the first record that the log still holds. */
  record Beginning() implements From {
    @Override
    public String toString() {
      return "its beginning";
    }
  }

  /** After the last record that the log holds now. */
  record End() implements From {
    @Override
    public String toString() {
      return "its end";
    }
  }

  /**
   * With the first record of that time or later, by the records' timestamps; after the last one if
   * there is none.
   */
  record Time(Instant at) implements From {
    @Override
    public String toString() {
      return "the first record of " + at + " or later";
    }
  }
}
