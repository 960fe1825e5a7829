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
public record InterimLooks(
    long version,
    long superior,
    long nonInferior,
    long regression,
    @JsonProperty("lenientAt") Optional<Instant> lenientAt) {

  /** Before the first version. */
  public static final InterimLooks NONE = new InterimLooks(0, 0, 0, 0);

  public InterimLooks {
    lenientAt = lenientAt == null ? Optional.empty() : lenientAt; // absent in units from before
  }

  InterimLooks(long version, long superior, long nonInferior, long regression) {
    this(version, superior, nonInferior, regression, Optional.empty());
  }

  /** Those at a version; another one begins anew. */
  public InterimLooks at(long current) {
    return version == current ? this : new InterimLooks(current, 0, 0, 0);
  }

  /** With the time of the last for being not much worse. */
  public InterimLooks lenientAt(Instant time) {
    return new InterimLooks(version, superior, nonInferior, regression, Optional.of(time));
  }

  /** After one more. */
  InterimLooks after(TestResult.Mode mode) {
    return switch (mode) {
      case SUPERIOR -> new InterimLooks(version, superior + 1, nonInferior, regression, lenientAt);
      case NON_INFERIOR ->
          new InterimLooks(version, superior, nonInferior + 1, regression, lenientAt);
      case REGRESSION ->
          new InterimLooks(version, superior, nonInferior, regression + 1, lenientAt);
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
