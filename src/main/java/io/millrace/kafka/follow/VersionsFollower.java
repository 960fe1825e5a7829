package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.serving.replica.VersionListener;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads the versions topic for a replica: all partitions from the beginning, in no group, committed
 * records only. A thread of its own.
 */
@ApplicationScoped
public class VersionsFollower implements TopicFollower.Reader {

  private static final Logger LOG = Logger.getLogger(VersionsFollower.class);
  private static final String EXPIRED = "versions-expired";

  private final String model;
  private final VersionListener listener;
  private final boolean enabled;
  private final String topic;
  private final OpenProblems problems;
  private final TopicFollower follower;
  private boolean expired;
  private volatile boolean failed;
  private volatile boolean caughtUp;
  private volatile Optional<String> problem = Optional.of("the versions topic is not read yet");

  @Inject
  VersionsFollower(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      InstanceSettings instance,
      OpenProblems problems,
      VersionListener listener) {
    this(
        kafka.properties(),
        topics.versions(),
        model,
        instance.role() == Role.SERVE,
        problems,
        listener);
  }

  VersionsFollower(
      Map<String, Object> client,
      String topic,
      String model,
      boolean enabled,
      OpenProblems problems,
      VersionListener listener) {
    this.model = model;
    this.enabled = enabled;
    this.topic = topic;
    this.problems = problems;
    this.listener = listener;
    this.follower =
        new TopicFollower(
            client, topic, "millrace-versions-" + model, problems, this, TopicFollower.LOOK_AGAIN);
  }

  void atStart(@Observes StartupEvent started) {
    if (enabled) {
      start();
    }
  }

  void start() {
    follower.start();
  }

  @PreDestroy
  void stop() {
    follower.stop();
  }

  /** Why versions are not known up to the topic's end; empty while they are. Any thread. */
  public Optional<String> problem() {
    return problem;
  }

  /** Whether they were known up to the topic's end once. Any thread. */
  public boolean hasCaughtUp() {
    return caughtUp;
  }

  /** Whether the last attempt to read them has failed. Any thread. */
  public boolean hasFailed() {
    return failed;
  }

  @Override
  public long begin(TopicPartition partition, long first, long end, boolean added) {
    expired |= first > 0;
    return first;
  }

  @Override
  public void caughtUp() {
    problem = Optional.empty();
    failed = false;
    caughtUp = true;
    boolean isCurrentKnown = listener.caughtUp();
    if (expired && !isCurrentKnown) {
      problems.report(
          EXPIRED,
          Outlook.WAITS_FOR_OPERATOR,
          "the first records of topic %s are gone, and what is left has no version of model %s"
              .formatted(topic, model),
          "set retention.ms=-1 and cleanup.policy=delete for it; the trainer announces its current version again within minutes. While the trainer trains, millrace.serving.artifacts-url fetches it at once");
    } else {
      problems.resolve(EXPIRED);
    }
  }

  @Override
  public void failed(String why) {
    problem = Optional.of(why);
    failed = true;
  }

  /** Whether it says something of this model's versions. */
  @Override
  public boolean read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null
        || record.value() == null
        || !model.equals(new String(record.key(), UTF_8))) {
      return false;
    }
    try {
      String json = new String(record.value(), UTF_8);
      Optional<ModelVersion> version = VersionEvent.ifPublished(json);
      Optional<RolledBack> rollBack = RolledBack.ifRolledBack(json);
      version.ifPresent(listener::published);
      rollBack.ifPresent(listener::rolledBack);
      return version.isPresent() || rollBack.isPresent();
    } catch (IllegalArgumentException e) {
      LOG.errorf(
          "%s-%d@%d is no event that this release can read, it is passed over: %s",
          record.topic(), record.partition(), record.offset(), e.getMessage());
      return false;
    }
  }
}
