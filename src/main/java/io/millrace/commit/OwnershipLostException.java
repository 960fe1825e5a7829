package io.millrace.commit;

/** Another instance trains this model now: whatever is not committed is its to do again. */
public class OwnershipLostException extends Exception {

  private static final long serialVersionUID = 1L;

  public OwnershipLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
