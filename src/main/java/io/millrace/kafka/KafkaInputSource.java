package io.millrace.kafka;

import io.millrace.example.Partition;
import io.millrace.identity.From;
import io.millrace.identity.InputSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * The topics as the broker described them at one moment. What it does not tell, for want of a right
 * or of topic ids, is missing. Immutable.
 */
public final class KafkaInputSource implements InputSource {

  private static final Logger LOG = Logger.getLogger(KafkaInputSource.class);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final Map<String, Object> client;
  private final Optional<String> cluster;
  private final Map<String, String> ids;
  private final Map<String, List<TopicPartition>> partitions;
  private final Map<Partition, Range> ranges;

  private KafkaInputSource(
      Map<String, Object> client,
      Optional<String> cluster,
      Map<String, String> ids,
      Map<String, List<TopicPartition>> partitions,
      Map<Partition, Range> ranges) {
    this.client = client;
    this.cluster = cluster;
    this.ids = Map.copyOf(ids);
    this.partitions = Map.copyOf(partitions);
    this.ranges = Map.copyOf(ranges);
  }

  /**
   * Asks the broker.
   *
   * @param admin not closed
   * @param client properties that lead to the broker, for later questions
   * @param topics those that are read
   */
  public static KafkaInputSource of(
      Admin admin, Map<String, Object> client, Collection<String> topics)
      throws InterruptedException, ExecutionException {
    Optional<String> cluster = Optional.ofNullable(admin.describeCluster().clusterId().get());
    Map<String, TopicDescription> described = describe(admin, topics);
    Map<String, List<TopicPartition>> partitions = new TreeMap<>();
    described.forEach(
        (name, topic) ->
            partitions.put(
                name,
                topic.partitions().stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList()));
    return new KafkaInputSource(
        client, cluster, ids(described), partitions, ranges(admin, partitions));
  }

  /** Ids of topics; those without one, and those that are not there, are missing. */
  public static Map<String, String> ids(Admin admin, Collection<String> topics)
      throws InterruptedException, ExecutionException {
    return ids(describe(admin, topics));
  }

  private static Map<String, String> ids(Map<String, TopicDescription> described) {
    Map<String, String> ids = new TreeMap<>();
    described.forEach(
        (name, topic) -> {
          if (topic.topicId() != null && !topic.topicId().equals(Uuid.ZERO_UUID)) {
            ids.put(name, topic.topicId().toString());
          }
        });
    return ids;
  }

  private static Map<String, TopicDescription> describe(Admin admin, Collection<String> topics)
      throws InterruptedException, ExecutionException {
    Map<String, TopicDescription> described = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(new HashSet<>(topics)).topicNameValues().entrySet()) {
      try {
        described.put(topic.getKey(), topic.getValue().get());
      } catch (ExecutionException e) {
        if (!isUntold(e.getCause())) {
          throw e;
        }
        LOG.debugf("topic %s is not described: %s", topic.getKey(), e.getCause().getMessage());
      }
    }
    return described;
  }

  private static boolean isUntold(Throwable cause) {
    return cause instanceof AuthorizationException
        || cause instanceof UnknownTopicOrPartitionException
        || cause instanceof UnsupportedVersionException;
  }

  private static Map<Partition, Range> ranges(
      Admin admin, Map<String, List<TopicPartition>> partitions)
      throws InterruptedException, ExecutionException {
    List<TopicPartition> all = partitions.values().stream().flatMap(List::stream).toList();
    Map<TopicPartition, ListOffsetsResultInfo> starts = list(admin, all, OffsetSpec.earliest());
    Map<TopicPartition, ListOffsetsResultInfo> ends = list(admin, all, OffsetSpec.latest());
    Map<Partition, Range> ranges = new HashMap<>();
    for (TopicPartition partition : all) {
      ranges.put(
          Partitions.of(partition),
          new Range(starts.get(partition).offset(), ends.get(partition).offset()));
    }
    return ranges;
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> list(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, spec));
    return admin.listOffsets(wanted).all().get();
  }

  @Override
  public Optional<String> cluster() {
    return cluster;
  }

  @Override
  public Map<String, String> topicIds() {
    return ids;
  }

  @Override
  public Set<String> topics() {
    return partitions.keySet();
  }

  @Override
  public Map<Partition, Range> ranges() {
    return ranges;
  }

  @Override
  public Map<Partition, Long> offsets(String topic, From from) {
    return asked(
        consumer -> {
          List<TopicPartition> all = partitions.getOrDefault(topic, List.of());
          Map<TopicPartition, Long> ends = consumer.endOffsets(all, ANSWER_WITHIN);
          Map<TopicPartition, Long> offsets = new HashMap<>(ends);
          if (from instanceof From.Beginning) {
            offsets.putAll(consumer.beginningOffsets(all, ANSWER_WITHIN));
          } else if (from instanceof From.Time time) {
            Map<TopicPartition, Long> times = new HashMap<>();
            all.forEach(partition -> times.put(partition, time.at().toEpochMilli()));
            consumer
                .offsetsForTimes(times, ANSWER_WITHIN)
                .forEach(
                    (partition, found) -> {
                      if (found != null) {
                        offsets.put(partition, found.offset());
                      }
                    });
          }
          Map<Partition, Long> named = new TreeMap<>();
          offsets.forEach((partition, offset) -> named.put(Partitions.of(partition), offset));
          return named;
        });
  }

  @Override
  public OptionalLong timeOf(Partition partition, long offset) {
    Range log = ranges.get(partition);
    if (log == null || offset < log.start() || offset >= log.end()) {
      return OptionalLong.empty();
    }
    TopicPartition at = Partitions.kafkas(partition);
    return asked(
        consumer -> {
          consumer.assign(List.of(at));
          consumer.seek(at, offset);
          long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
          while (consumer.position(at, ANSWER_WITHIN) <= offset && System.nanoTime() < deadline) {
            List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
            consumer.poll(Duration.ofMillis(100)).forEach(polled::add);
            if (!polled.isEmpty()) {
              ConsumerRecord<byte[], byte[]> first = polled.get(0);
              return first.offset() == offset
                  ? OptionalLong.of(first.timestamp())
                  : OptionalLong.empty();
            }
          }
          return OptionalLong.empty();
        });
  }

  private <T> T asked(Function<Consumer<byte[], byte[]>, T> question) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", "millrace-identity");
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("max.poll.records", 1);
    settings.remove("group.id");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return question.apply(consumer);
    }
  }
}
