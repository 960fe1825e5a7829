package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.InstanceSettings;
import io.millrace.pipeline.Role;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.RolledBack;
import io.millrace.publication.VersionEvent;
import io.millrace.serving.VersionListener;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads the versions topic for a replica: all partitions from the beginning, in no group, committed
 * records only. A thread of its own.
 */
@ApplicationScoped
public class VersionsFollower {

  private static final Logger LOG = Logger.getLogger(VersionsFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final long AGAIN_AFTER_MILLIS = 2_000;

  private final Map<String, Object> client;
  private final String topic;
  private final String model;
  private final VersionListener listener;
  private final boolean enabled;
  private final Thread thread = new Thread(this::run, "millrace-versions");
  private volatile boolean stopped;
  private volatile Consumer<byte[], byte[]> polling;
  private volatile Optional<String> problem = Optional.of("the versions topic is not read yet");

  @Inject
  VersionsFollower(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      InstanceSettings instance,
      VersionListener listener) {
    this(kafka.properties(), topics.versions(), model, instance.role() == Role.SERVE, listener);
  }

  VersionsFollower(
      Map<String, Object> client,
      String topic,
      String model,
      boolean enabled,
      VersionListener listener) {
    this.client = client;
    this.topic = topic;
    this.model = model;
    this.enabled = enabled;
    this.listener = listener;
  }

  void atStart(@Observes StartupEvent started) {
    if (enabled) {
      start();
    }
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Without an interrupt, which would make the consumer's own end fail. */
  @PreDestroy
  void stop() {
    stopped = true;
    Consumer<byte[], byte[]> current = polling;
    if (current != null) {
      current.wakeup();
    }
  }

  /** Why versions are not known up to the topic's end; empty while they are. Any thread. */
  Optional<String> problem() {
    return problem;
  }

  private void run() {
    while (!stopped) {
      try {
        follow();
      } catch (WakeupException e) {
        LOG.debug("stopped while polling", e);
      } catch (KafkaException e) {
        String why = "topic %s cannot be read: %s".formatted(topic, e.getMessage());
        if (!problem.equals(Optional.of(why))) {
          LOG.errorf("versions are not followed: %s", why);
        }
        problem = Optional.of(why);
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", "millrace-versions-" + model);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("allow.auto.create.topics", false);
    settings.put("metadata.max.age.ms", LOOK_AGAIN.toMillis()); // or it does not see new partitions
    settings.remove("group.id");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      polling = consumer;
      Map<TopicPartition, Long> ends = new HashMap<>();
      readNewPartitions(consumer, ends);
      long lookedAt = System.nanoTime();
      boolean news = true;
      while (!stopped) {
        boolean lookAgain = System.nanoTime() - lookedAt > LOOK_AGAIN.toNanos();
        if (lookAgain) {
          readNewPartitions(consumer, ends);
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          news |= tell(record);
        }
        if ((news || lookAgain) && hasReached(consumer, ends)) {
          problem = Optional.empty();
          listener.caughtUp();
          lookedAt = System.nanoTime();
          news = false;
        }
      }
    } finally {
      polling = null;
    }
  }

  /** All at first; then those that were added to the topic. */
  private void readNewPartitions(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    Set<TopicPartition> added = new HashSet<>();
    for (PartitionInfo partition : consumer.partitionsFor(topic)) {
      added.add(new TopicPartition(topic, partition.partition()));
    }
    added.removeAll(ends.keySet());
    if (added.isEmpty() && ends.isEmpty()) {
      throw new UnknownTopicOrPartitionException("it is not there");
    }
    if (added.isEmpty()) {
      return;
    }
    ends.putAll(consumer.endOffsets(added));
    consumer.assign(ends.keySet()); // the others keep their positions
    consumer.seekToBeginning(added);
  }

  private static boolean hasReached(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** Whether it says something of this model's versions. */
  private boolean tell(ConsumerRecord<byte[], byte[]> record) {
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
