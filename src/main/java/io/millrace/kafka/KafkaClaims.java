package io.millrace.kafka;

import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.Ledger;
import io.millrace.pipeline.Ownership;
import io.millrace.pipeline.PipelineException;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.TrainerStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Claims a model on the broker. In this order: fence the owner before with the transactional id,
 * commit a trainer-started event whose offset is the term, and only then read what was committed:
 * nothing more can be added to it.
 */
@ApplicationScoped
public class KafkaClaims implements Ownership.Claims {

  private static final Logger LOG = Logger.getLogger(KafkaClaims.class);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  /** The broker's default for a topic, where it does not tell. */
  private static final int USUAL_MAX_BYTES = 1_048_588;

  /**
   * Before compression, which is what the client looks at: an announcement's confusion matrix takes
   * some 2 MB for a thousand labels, and a hundredth of that compressed, which is what the broker
   * looks at.
   */
  private static final int MAX_REQUEST = 16 << 20;

  private final KafkaClientSettings kafka;
  private final TopicSettings topics;
  private final String model;
  private final String group;

  /**
   * @param group the input's consumer group
   */
  @Inject
  KafkaClaims(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      @ConfigProperty(name = "mp.messaging.incoming.input.group.id") String group) {
    this.kafka = kafka;
    this.topics = topics;
    this.model = model;
    this.group = group;
  }

  @Override
  public Ownership claim(long above) throws InterruptedException {
    Producer<byte[], byte[]> producer = null;
    try {
      producer =
          new KafkaProducer<>(
              producerSettings(), new ByteArraySerializer(), new ByteArraySerializer());
      producer.initTransactions();
      RecordMetadata started = start(producer);
      return new KafkaOwnership(
          producer,
          term(started, above),
          ledger(started),
          group,
          Set.of(topics.examples(), topics.heldOut()),
          new OutboxRecords(topics, letters()));
    } catch (KafkaException | ExecutionException e) {
      if (producer != null) {
        producer.close(Duration.ZERO);
      }
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new PipelineException(
          "model %s cannot be taken over, Kafka at %s says: %s"
              .formatted(model, kafka.bootstrapServers(), cause.getMessage()),
          e);
    }
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>(kafka.properties());
    settings.put("client.id", "millrace-commit-" + model);
    settings.put("transactional.id", "millrace-" + model);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("max.request.size", MAX_REQUEST);
    settings.put("compression.type", "gzip");
    settings.put("max.block.ms", (int) ANSWER_WITHIN.toMillis());
    settings.put("delivery.timeout.ms", (int) ANSWER_WITHIN.toMillis());
    settings.put("request.timeout.ms", (int) ANSWER_WITHIN.toMillis() / 2);
    settings.put("linger.ms", 5);
    return settings;
  }

  private RecordMetadata start(Producer<byte[], byte[]> producer)
      throws InterruptedException, ExecutionException {
    TrainerStarted started =
        new TrainerStarted(model, UUID.randomUUID().toString(), host(), Instant.now());
    producer.beginTransaction();
    Future<RecordMetadata> sent =
        producer.send(OutboxRecords.event(topics.versions(), model, started.json()));
    producer.commitTransaction();
    return sent.get();
  }

  private long term(RecordMetadata started, long above) {
    if (started.offset() > above) {
      return started.offset();
    }
    LOG.warnf(
        "the store has units of term %d, but %s-%d is only at offset %d: the topic was recreated, or"
            + " the store belongs to another cluster; terms go on from the store's",
        above, started.topic(), started.partition(), started.offset());
    return above + 1;
  }

  private Ledger ledger(RecordMetadata started) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> offsets;
    try (Admin admin = Admin.create(kafka.properties())) {
      offsets =
          admin
              .listConsumerGroupOffsets(
                  group, new ListConsumerGroupOffsetsOptions().requireStable(true))
              .partitionsToOffsetAndMetadata()
              .get();
    }
    Map<String, Long> positions = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null) {
            positions.put(
                InputPositions.key(partition.topic(), partition.partition()), offset.offset());
          }
        });
    Optional<ModelVersion> last =
        new VersionsTail(kafka.properties(), ANSWER_WITHIN)
            .last(
                new TopicPartition(started.topic(), started.partition()), model, started.offset());
    return new Ledger(unit(offsets), new InputPositions(positions), last);
  }

  /**
   * The newest, since a partition that is no longer read keeps an older one: names sort as units.
   */
  private static Optional<String> unit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    return offsets.values().stream()
        .filter(offset -> offset != null && !offset.metadata().isEmpty())
        .map(OffsetAndMetadata::metadata)
        .max(Comparator.naturalOrder());
  }

  private DeadLetterRecords letters() throws InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.deadLetter());
    int max = USUAL_MAX_BYTES;
    try (Admin admin = Admin.create(kafka.properties())) {
      max =
          Integer.parseInt(
              admin
                  .describeConfigs(List.of(topic))
                  .all()
                  .get()
                  .get(topic)
                  .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                  .value());
    } catch (ExecutionException e) {
      LOG.warnf(
          "the largest record that %s takes is unknown, %d bytes are assumed: %s",
          topics.deadLetter(), max, e.getCause().getMessage());
    }
    return new DeadLetterRecords(topics.deadLetter(), Math.min(max, MAX_REQUEST / 2));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
