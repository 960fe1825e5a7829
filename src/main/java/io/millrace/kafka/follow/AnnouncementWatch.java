package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.control.CommandReceiver;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import io.millrace.version.VersionStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Sees to it that the versions topic holds the announcement of the current version: where retention
 * or somebody has deleted it, replicas that start find nothing to serve, and the owner announces it
 * again. On the follower's thread.
 */
@ApplicationScoped
public class AnnouncementWatch implements TopicFollower.Reader {

  private static final Logger LOG = Logger.getLogger(AnnouncementWatch.class);

  /** The owner announces it with its next checkpoint, which may have to wait for the broker. */
  private static final Duration AGAIN_AFTER = Duration.ofMinutes(10);

  private final String topic;
  private final String model;
  private final boolean enabled;
  private final Supplier<Optional<ModelVersion>> current;
  private final CommandReceiver owner;
  private final TopicFollower follower;

  /** Where each version was announced last. */
  private final Map<Long, TopicPartition> partitions = new HashMap<>();

  private final Map<Long, Long> offsets = new HashMap<>();
  private Map<TopicPartition, Long> begins = Map.of();

  /** Current at the last look: by now its announcement was read, if it is there. */
  private Optional<ModelVersion> before = Optional.empty();

  private Optional<Long> told = Optional.empty();
  private long toldAt;

  @Inject
  AnnouncementWatch(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      InstanceSettings instance,
      OpenProblems problems,
      VersionStore store,
      CommandReceiver owner) {
    this(
        kafka.properties(),
        topics.versions(),
        model,
        instance.role() != Role.SERVE,
        problems,
        store::current,
        owner,
        TopicFollower.LOOK_AGAIN);
  }

  AnnouncementWatch(
      Map<String, Object> client,
      String topic,
      String model,
      boolean enabled,
      OpenProblems problems,
      Supplier<Optional<ModelVersion>> current,
      CommandReceiver owner,
      Duration lookAgain) {
    this.topic = topic;
    this.model = model;
    this.enabled = enabled;
    this.current = current;
    this.owner = owner;
    this.follower =
        new TopicFollower(client, topic, "millrace-announced-" + model, problems, this, lookAgain);
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

  @Override
  public long begin(TopicPartition partition, long first, long end, boolean added) {
    return first;
  }

  @Override
  public void anew() {
    partitions.clear();
    offsets.clear();
  }

  @Override
  public void looked(Map<TopicPartition, Long> nowBegins, Map<TopicPartition, Long> ends) {
    begins = Map.copyOf(nowBegins);
  }

  @Override
  public boolean read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null
        || record.value() == null
        || !model.equals(new String(record.key(), UTF_8))) {
      return false;
    }
    try {
      VersionEvent.ifPublished(new String(record.value(), UTF_8))
          .ifPresent(
              version -> {
                partitions.put(
                    version.version(), new TopicPartition(record.topic(), record.partition()));
                offsets.put(version.version(), record.offset());
              });
    } catch (IllegalArgumentException e) {
      LOG.debugf("no event that this release can read: %s", e.getMessage());
    }
    return false;
  }

  @Override
  public void caughtUp() {
    Optional<ModelVersion> now = current.get();
    boolean same =
        now.isPresent() && before.map(ModelVersion::version).equals(now.map(ModelVersion::version));
    before = now;
    if (same && owner.term().isPresent() && !isHeld(now.get().version())) {
      announce(now.get());
    }
  }

  private boolean isHeld(long version) {
    Long offset = offsets.get(version);
    return offset != null && offset >= begins.getOrDefault(partitions.get(version), 0L);
  }

  private void announce(ModelVersion version) {
    boolean lately =
        told.equals(Optional.of(version.version()))
            && System.nanoTime() - toldAt < AGAIN_AFTER.toNanos();
    if (lately) {
      return;
    }
    told = Optional.of(version.version());
    toldAt = System.nanoTime();
    LOG.warnf(
        "topic %s no longer holds the announcement of version %d, which is current: it is announced"
            + " again; set retention.ms=-1 on the topic",
        topic, version.version());
    try {
      owner.unannounced(version);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
