package io.millrace.serving.model;

/** More texts wait for an answer than can be answered in time. */
public final class OverloadedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OverloadedException(int inputsWaiting) {
    super(inputsWaiting + " texts wait for an answer already");
  }
}
