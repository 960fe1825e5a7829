package io.millrace.model.arch;

/** A base model cannot be used; the message names file, tensor or field, and the rule broken. */
public final class BaseModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BaseModelException(String message) {
    super(message);
  }

  public BaseModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
