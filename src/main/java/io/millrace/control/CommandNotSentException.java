package io.millrace.control;

/** A command that the broker certainly does not have, and will not get. */
public final class CommandNotSentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CommandNotSentException(String message, Throwable cause) {
    super(message, cause);
  }
}
