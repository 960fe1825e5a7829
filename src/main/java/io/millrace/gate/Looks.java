package io.millrace.gate;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * How often the gate has looked during the reign of a version: each look has less of the error rate
 * than the one before. A version that is current again, behind a roll-back, begins another reign,
 * with an error rate of its own. Immutable.
 *
 * @param version the current version
 * @param superior challengers tested for being better
 * @param nonInferior challengers tested for being not much worse
 * @param regression tests of the version itself against its predecessor
 * @param lenientAt when the last of those for being not much worse was; empty before the first
 */
public record Looks(
    long version,
    long superior,
    long nonInferior,
    long regression,
    @JsonProperty("lenientAt") Optional<Instant> lenientAt) {

  /** Before the first version. */
  public static final Looks NONE = new Looks(0, 0, 0, 0);

  public Looks {
    lenientAt = lenientAt == null ? Optional.empty() : lenientAt; // absent in units from before
  }

  Looks(long version, long superior, long nonInferior, long regression) {
    this(version, superior, nonInferior, regression, Optional.empty());
  }

  /** Those at a version; another one begins anew. */
  public Looks at(long current) {
    return version == current ? this : new Looks(current, 0, 0, 0);
  }

  /** With the time of the last for being not much worse. */
  public Looks lenientAt(Instant time) {
    return new Looks(version, superior, nonInferior, regression, Optional.of(time));
  }

  /** After one more. */
  Looks after(TestResult.Mode mode) {
    return switch (mode) {
      case SUPERIOR -> new Looks(version, superior + 1, nonInferior, regression, lenientAt);
      case NON_INFERIOR -> new Looks(version, superior, nonInferior + 1, regression, lenientAt);
      case REGRESSION -> new Looks(version, superior, nonInferior, regression + 1, lenientAt);
    };
  }

  long count(TestResult.Mode mode) {
    return switch (mode) {
      case SUPERIOR -> superior;
      case NON_INFERIOR -> nonInferior;
      case REGRESSION -> regression;
    };
  }
}
