package io.millrace.serving;

/** Nothing can answer yet: no version is published, or the published one could not be loaded. */
public final class NoVersionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoVersionException(String message) {
    super(message);
  }
}
