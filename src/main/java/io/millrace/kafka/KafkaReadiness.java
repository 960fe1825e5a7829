package io.millrace.kafka;

import io.millrace.pipeline.InstanceSettings;
import io.millrace.pipeline.Role;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the topics exist, the consumer is connected and its positions were accepted. A standby
 * is ready, too; a replica once it has read the versions to their end. Never waits for the broker:
 * it looks at the client's own count of connections.
 */
@Readiness
@ApplicationScoped
class KafkaReadiness implements HealthCheck {

  private final TopicSetup topics;
  private final PositionSeeker seeker;
  private final KafkaClientService clients;
  private final VersionsFollower versions;
  private final Role role;
  private final KafkaClientSettings kafka;

  @Inject
  KafkaReadiness(
      TopicSetup topics,
      @Identifier(PositionSeeker.NAME) PositionSeeker seeker,
      KafkaClientService clients,
      VersionsFollower versions,
      InstanceSettings instance,
      KafkaClientSettings kafka) {
    this.topics = topics;
    this.seeker = seeker;
    this.clients = clients;
    this.versions = versions;
    this.role = instance.role();
    this.kafka = kafka;
  }

  @Override
  public HealthCheckResponse call() {
    Optional<String> why =
        role == Role.SERVE
            ? versions.problem().map(problem -> topics.problem().orElse(problem))
            : topics.problem().or(seeker::failure).or(this::disconnected);
    HealthCheckResponseBuilder response = HealthCheckResponse.named("Kafka");
    why.ifPresent(text -> response.withData("reason", text));
    return response.status(why.isEmpty()).build();
  }

  private Optional<String> disconnected() {
    KafkaConsumer<?, ?> consumer = clients.getConsumer(InputChannel.NAME);
    Consumer<?, ?> client = consumer == null ? null : consumer.unwrap();
    return client != null && connections(client) > 0
        ? Optional.empty()
        : Optional.of("no connection to Kafka at " + kafka.bootstrapServers());
  }

  private static double connections(Consumer<?, ?> client) {
    return client.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .filter(metric -> metric.metricValue() instanceof Double)
        .mapToDouble(metric -> (Double) metric.metricValue())
        .sum();
  }
}
