package io.millrace.web.health;

import io.millrace.problem.OpenProblems;
import io.millrace.report.StatusView;
import io.millrace.serving.Predictor;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Up once the base and the version found at start, if there was one, are loaded; where training has
 * stopped for good, only while a version answers. Whether the instance can take over is Kafka's
 * check. Names the gravest problem, which need not be its own.
 */
@Readiness
@ApplicationScoped
class ModelReadiness implements HealthCheck {

  private final StatusView training;
  private final Predictor predictor;

  private final OpenProblems problems;

  ModelReadiness(StatusView training, Predictor predictor, OpenProblems problems) {
    this.problems = problems;
    this.training = training;
    this.predictor = predictor;
  }

  @Override
  public HealthCheckResponse call() {
    boolean ready =
        training.started()
            && predictor.ready()
            && (!training.stopped() || predictor.servedVersion().isPresent());
    var response = HealthCheckResponse.named("model").status(ready);
    predictor.servedVersion().ifPresent(version -> response.withData("servedVersion", version));
    predictor.problem().ifPresent(problem -> response.withData("servingProblem", problem));
    problems
        .gravest()
        .ifPresent(
            problem ->
                response.withData("problem", "%s: %s".formatted(problem.place(), problem.cause())));
    return response.build();
  }
}
