package io.millrace.web;

import io.millrace.pipeline.StatusView;
import io.millrace.serving.Predictor;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Up while the model trains and the version found at start, if there was one, is loaded. Whether
 * Kafka can be reached is the channels' own check.
 */
@Readiness
@ApplicationScoped
class ModelReadiness implements HealthCheck {

  private final StatusView training;
  private final Predictor predictor;

  ModelReadiness(StatusView training, Predictor predictor) {
    this.training = training;
    this.predictor = predictor;
  }

  @Override
  public HealthCheckResponse call() {
    boolean ready = training.started() && training.failure().isEmpty() && predictor.ready();
    var response = HealthCheckResponse.named("model").status(ready);
    predictor.servedVersion().ifPresent(version -> response.withData("servedVersion", version));
    predictor.problem().ifPresent(problem -> response.withData("problem", problem));
    return response.build();
  }
}
