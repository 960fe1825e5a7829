package io.millrace.kafka.health;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.fault.Fault;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.follow.VersionsFollower;
import io.millrace.kafka.input.InputConsumer;
import io.millrace.kafka.input.PositionSeeker;
import io.millrace.serving.Predictor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the instance can answer or can take over: a version is loaded, or the topics exist,
 * the brokers are connected and no take-over was refused. A standby is ready, and so is an owner
 * that waits for the brokers with a version to answer with. A replica waits for the versions' end
 * once, unless the brokers are away and it has a version already. Never waits for the brokers.
 */
@Readiness
@ApplicationScoped
class KafkaReadiness implements HealthCheck {

  private final TopicSetup topics;
  private final PositionSeeker seeker;
  private final InputConsumer input;
  private final VersionsFollower versions;
  private final Predictor predictor;
  private final Role role;
  private final KafkaClientSettings kafka;

  @Inject
  KafkaReadiness(
      TopicSetup topics,
      PositionSeeker seeker,
      InputConsumer input,
      VersionsFollower versions,
      Predictor predictor,
      InstanceSettings instance,
      KafkaClientSettings kafka) {
    this.topics = topics;
    this.seeker = seeker;
    this.input = input;
    this.versions = versions;
    this.predictor = predictor;
    this.role = instance.role();
    this.kafka = kafka;
  }

  @Override
  public HealthCheckResponse call() {
    boolean answers = predictor.servedVersion().isPresent();
    Optional<String> cannot = role == Role.SERVE ? cannotFollow(answers) : cannotTakeOver();
    boolean ready = cannot.isEmpty() || answers && role != Role.SERVE;
    HealthCheckResponseBuilder response = HealthCheckResponse.named("Kafka");
    cannot.ifPresent(text -> response.withData("reason", text));
    return response.status(ready).build();
  }

  /** Once it has known the versions to their end, it can answer, whatever the brokers do. */
  private Optional<String> cannotFollow(boolean answers) {
    Optional<String> problem = versions.problem();
    boolean away = problem.isPresent() && versions.hasFailed();
    return problem.isEmpty() || versions.hasCaughtUp() || answers && away
        ? Optional.empty()
        : topics.problem().or(() -> problem);
  }

  private Optional<String> cannotTakeOver() {
    return topics
        .problem()
        .or(() -> seeker.failure().filter(fault -> !fault.mayPass()).map(Fault::cause))
        .or(this::disconnected);
  }

  private Optional<String> disconnected() {
    return input.isConnected()
        ? Optional.empty()
        : Optional.of("no connection to Kafka at " + kafka.bootstrapServers());
  }
}
