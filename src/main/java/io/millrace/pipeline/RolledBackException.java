package io.millrace.pipeline;

/** Training was rolled back: this ownership ends, the next one goes on from there. */
final class RolledBackException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RolledBackException(String message) {
    super(message);
  }
}
