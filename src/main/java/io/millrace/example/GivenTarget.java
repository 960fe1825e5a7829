package io.millrace.example;

import java.util.Objects;
import java.util.Optional;

/** The truth of an example as its producer gave it. Immutable. */
public sealed interface GivenTarget {

  /** The name that it was given by; empty where it was given by value. */
  Optional<String> asName();

  /**
   * A name; its place in the output space is not known yet.
   *
   * @param name well-formed, in NFC
   */
  record Named(String name) implements GivenTarget {

    public Named {
      Objects.requireNonNull(name, "name");
    }

    @Override
    public Optional<String> asName() {
      return Optional.of(name);
    }
  }

  /** A value that is complete as it is. */
  record Valued(Target target) implements GivenTarget {

    public Valued {
      Objects.requireNonNull(target, "target");
    }

    @Override
    public Optional<String> asName() {
      return Optional.empty();
    }
  }
}
