package io.millrace.web.health;

import io.millrace.report.StatusView;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Down once training has stopped and a restart helps; what a restart would not end is a problem.
 */
@Liveness
@ApplicationScoped
class TrainingLiveness implements HealthCheck {

  private final StatusView training;

  TrainingLiveness(StatusView training) {
    this.training = training;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("training").status(!training.restartHelps());
    training.failure().ifPresent(message -> response.withData("failure", message));
    return response.build();
  }
}
