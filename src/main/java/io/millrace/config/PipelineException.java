package io.millrace.config;

/** Training cannot go on; the message is for an operator. */
public class PipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PipelineException(String message) {
    super(message);
  }

  public PipelineException(String message, Throwable cause) {
    super(message, cause);
  }
}
