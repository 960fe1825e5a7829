package io.millrace.web;

/** A request that cannot be answered; the message names the rule broken, never a text. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The request breaks a rule. */
  static RefusedException invalid(String message) {
    return new RefusedException(400, message);
  }

  /** What it asks for is not there. */
  static RefusedException missing(String message) {
    return new RefusedException(404, message);
  }

  /** It is longer than is read. */
  static RefusedException tooLarge() {
    return new RefusedException(413, Problem.of(413).detail());
  }

  /** It can be answered later, or elsewhere. */
  static RefusedException unavailable(String message) {
    return new RefusedException(503, message);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
