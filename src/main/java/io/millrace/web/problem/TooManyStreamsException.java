package io.millrace.web.problem;

/** All places for streams of events are taken. */
public final class TooManyStreamsException extends RuntimeException {

  private static final long serialVersionUID = 1L;
}
