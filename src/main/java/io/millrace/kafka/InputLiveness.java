package io.millrace.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Down once reading cannot start where the checkpoint ends, or has stopped for good: no waiting
 * will mend that.
 */
@Liveness
@ApplicationScoped
class InputLiveness implements HealthCheck {

  private final PositionSeeker seeker;
  private final InputChannel channel;

  @Inject
  InputLiveness(@Identifier(PositionSeeker.NAME) PositionSeeker seeker, InputChannel channel) {
    this.seeker = seeker;
    this.channel = channel;
  }

  @Override
  public HealthCheckResponse call() {
    Optional<String> why = seeker.failure().or(this::stopped);
    HealthCheckResponseBuilder response = HealthCheckResponse.named("Kafka input");
    why.ifPresent(text -> response.withData("reason", text));
    return response.status(why.isEmpty()).build();
  }

  private Optional<String> stopped() {
    return channel.interrupted()
        ? Optional.of("the input's worker was interrupted, nothing more is read")
        : Optional.empty();
  }
}
