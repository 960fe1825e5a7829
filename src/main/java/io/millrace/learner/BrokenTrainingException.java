package io.millrace.learner;

import io.millrace.config.PipelineException;

/** Training cannot go on from where it is; from the last commit unit it may. */
public final class BrokenTrainingException extends PipelineException {

  private static final long serialVersionUID = 1L;

  BrokenTrainingException(String message) {
    super(message);
  }
}
