package io.millrace.web.live;

import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.report.StatusView;
import io.millrace.serving.Predictor;
import io.millrace.web.history.MetricsHistory;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Puts the status together. */
@ApplicationScoped
public class StatusReports {

  private final StatusView training;
  private final Predictor predictor;
  private final OpenProblems open;
  private final MetricsHistory history;

  StatusReports(
      StatusView training, Predictor predictor, OpenProblems open, MetricsHistory history) {
    this.training = training;
    this.predictor = predictor;
    this.open = open;
    this.history = history;
  }

  /** Age of the newest example in the version that answers, seconds; empty before the first. */
  public static Optional<Double> age(Predictor predictor) {
    return predictor
        .servedFreshAt()
        .map(then -> Duration.between(then, Instant.now()).toMillis() / 1e3);
  }

  StatusReport now() {
    List<OpenProblem> problems = open.all();
    return new StatusReport(
        Instant.now(),
        training.started(),
        problems.stream().findFirst(),
        problems,
        training.failure(),
        predictor.servedVersion(),
        age(predictor),
        predictor.problem(),
        ProcessMemory.now(),
        training.deviceMemory(),
        training.status(),
        history.topConfusions());
  }
}
