package io.millrace.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Down once reading cannot start where the checkpoint ends: no waiting will mend that. */
@Liveness
@ApplicationScoped
class InputLiveness implements HealthCheck {

  private final PositionSeeker seeker;

  @Inject
  InputLiveness(@Identifier(PositionSeeker.NAME) PositionSeeker seeker) {
    this.seeker = seeker;
  }

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder response = HealthCheckResponse.named("Kafka input positions");
    seeker.failure().ifPresent(why -> response.withData("reason", why));
    return response.status(seeker.failure().isEmpty()).build();
  }
}
