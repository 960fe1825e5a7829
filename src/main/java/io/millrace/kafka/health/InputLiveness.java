package io.millrace.kafka.health;

import io.millrace.kafka.input.InputChannel;
import io.millrace.kafka.input.InputConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Down once nothing more is read and only a restart helps: a thread of the input has ended. What
 * waits for the brokers or for an operator is a problem, not a failure.
 */
@Liveness
@ApplicationScoped
class InputLiveness implements HealthCheck {

  private final InputConsumer input;
  private final InputChannel channel;

  @Inject
  InputLiveness(InputConsumer input, InputChannel channel) {
    this.input = input;
    this.channel = channel;
  }

  @Override
  public HealthCheckResponse call() {
    Optional<String> why =
        input.isAlive() && !channel.interrupted()
            ? Optional.empty()
            : Optional.of("a thread of the input has ended, nothing more is read");
    HealthCheckResponseBuilder response = HealthCheckResponse.named("Kafka input");
    why.ifPresent(text -> response.withData("reason", text));
    return response.status(why.isEmpty()).build();
  }
}
