package io.millrace.publication;

/**
 * How often the gate has looked during the reign of a version: each look has less of the error rate
 * than the one before. A version that is current again, behind a roll-back, begins another reign,
 * with an error rate of its own. Immutable.
 *
 * @param version the current version
 * @param superior challengers tested for being better
 * @param nonInferior challengers tested for being not much worse
 * @param regression tests of the version itself against its predecessor
 */
public record Looks(long version, long superior, long nonInferior, long regression) {

  /** Before the first version. */
  public static final Looks NONE = new Looks(0, 0, 0, 0);

  /** Those at a version; another one begins anew. */
  public Looks at(long current) {
    return version == current ? this : new Looks(current, 0, 0, 0);
  }

  /** After one more. */
  Looks after(TestResult.Mode mode) {
    return switch (mode) {
      case SUPERIOR -> new Looks(version, superior + 1, nonInferior, regression);
      case NON_INFERIOR -> new Looks(version, superior, nonInferior + 1, regression);
      case REGRESSION -> new Looks(version, superior, nonInferior, regression + 1);
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
