package io.millrace.pipeline;

/** Training cannot go on from where it is; from the last commit unit it may. */
final class BrokenTrainingException extends PipelineException {

  private static final long serialVersionUID = 1L;

  BrokenTrainingException(String message) {
    super(message);
  }
}
