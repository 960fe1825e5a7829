package io.millrace.web;

import io.millrace.pipeline.StatusView;
import io.millrace.serving.Predictor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Puts the status together. */
@ApplicationScoped
class StatusReports {

  private final StatusView training;
  private final Predictor predictor;

  StatusReports(StatusView training, Predictor predictor) {
    this.training = training;
    this.predictor = predictor;
  }

  StatusReport now() {
    return new StatusReport(
        Instant.now(),
        training.started(),
        training.failure(),
        predictor.servedVersion(),
        predictor.problem(),
        ProcessMemory.now(),
        training.deviceMemory(),
        training.status());
  }
}
