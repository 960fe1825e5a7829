package io.millrace.web.problem;

/** A request that cannot be answered; the message names the rule broken, never a text. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The request breaks a rule. */
  public static RefusedException invalid(String message) {
    return new RefusedException(400, message);
  }

  /** What it asks for is not there. */
  public static RefusedException missing(String message) {
    return new RefusedException(404, message);
  }

  /** It is longer than is read. */
  public static RefusedException tooLarge() {
    return new RefusedException(413, Problem.of(413).detail());
  }

  /** It can be answered later, or elsewhere. */
  public static RefusedException unavailable(String message) {
    return new RefusedException(503, message);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
