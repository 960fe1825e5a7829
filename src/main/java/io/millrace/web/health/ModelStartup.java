package io.millrace.web.health;

import io.millrace.report.StatusView;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Up once the model is loaded: until then liveness and readiness need not be asked. */
@Startup
@ApplicationScoped
class ModelStartup implements HealthCheck {

  private final StatusView training;

  ModelStartup(StatusView training) {
    this.training = training;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("model loaded").status(training.started()).build();
  }
}
