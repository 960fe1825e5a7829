package io.millrace.web;

/** All places for streams of events are taken. */
final class TooManyStreamsException extends RuntimeException {

  private static final long serialVersionUID = 1L;
}
