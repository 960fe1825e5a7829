package io.millrace.serving;

/** The version that was asked for is not loaded here; another may answer. */
public final class NotLoadedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotLoadedException(String message) {
    super(message);
  }
}
