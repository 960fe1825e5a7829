package io.millrace.kafka.commit;

import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.config.PipelineException;
import io.millrace.fault.Backoff;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.KafkaInputSource;
import io.millrace.kafka.ModelInputs;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.storage.DurabilityTimes;
import io.millrace.version.TrainerStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
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

  private static final int ADMIN_ANSWERS_WITHIN_MILLIS = 5_000;

  /** The broker's default for a topic, where it does not tell. */
  private static final int USUAL_MAX_BYTES = 1_048_588;

  private final KafkaClientSettings kafka;
  private final TopicSettings topics;
  private final String model;
  private final String group;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final OpenProblems problems;
  private final DurabilityTimes times;

  /**
   * @param group the input's consumer group
   */
  @Inject
  KafkaClaims(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      @ConfigProperty(name = "mp.messaging.incoming.input.group.id") String group,
      OpenProblems problems,
      DurabilityTimes times) {
    this(
        kafka,
        topics,
        model,
        group,
        () -> CommitProducer.open(kafka.properties(), model, ANSWER_WITHIN),
        problems,
        times);
  }

  /**
   * @param producers opens one of the model's transactional id, not initialized yet
   */
  KafkaClaims(
      KafkaClientSettings kafka,
      TopicSettings topics,
      String model,
      String group,
      Supplier<Producer<byte[], byte[]>> producers,
      OpenProblems problems,
      DurabilityTimes times) {
    this.kafka = kafka;
    this.topics = topics;
    this.model = model;
    this.group = group;
    this.producers = producers;
    this.problems = problems;
    this.times = times;
  }

  @Override
  public Ownership claim(long above) throws InterruptedException {
    try {
      Producer<byte[], byte[]> producer = producers.get();
      try {
        return claim(producer, above);
      } catch (RuntimeException | ExecutionException | InterruptedException e) {
        producer.close(Duration.ZERO);
        throw e;
      }
    } catch (KafkaException | ExecutionException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new PipelineException(
          "model %s cannot be taken over, Kafka at %s says: %s"
              .formatted(model, kafka.bootstrapServers(), cause.getMessage()),
          e);
    }
  }

  private Ownership claim(Producer<byte[], byte[]> producer, long above)
      throws InterruptedException, ExecutionException {
    producer.initTransactions();
    RecordMetadata started = start(producer);
    CommitLog commits = new CommitLog(kafka.properties(), topics.commits(), model, ANSWER_WITHIN);
    Set<String> inputs = Set.copyOf(ModelInputs.of(topics).all());
    try (Admin admin =
        Admin.create(
            KafkaClientSettings.answeringWithin(kafka.properties(), ADMIN_ANSWERS_WITHIN_MILLIS))) {
      Ledger ledger =
          new LedgerReader(admin, commits, kafka.properties(), ANSWER_WITHIN)
              .read(group, model, started);
      Ownership ownership =
          new KafkaOwnership(
              producer,
              producers,
              commits,
              new KafkaOwnership.Owner(model, group, inputs),
              term(started, Math.max(above, ledger.term())),
              ledger,
              new OutboxRecords(topics, letters(admin)),
              new CommitTroubles(problems, Backoff.usual(), times));
      Ownership watched =
          new WatchedOwnership(
              ownership,
              KafkaInputSource.of(admin, kafka.properties(), inputs),
              kafka.properties(),
              inputs,
              problems);
      times.owns();
      return watched;
    }
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
        "term %d has begun already, but %s-%d is only at offset %d: the topic was recreated, or"
            + " the store belongs to another cluster; terms go on from the store's",
        above, started.topic(), started.partition(), started.offset());
    return above + 1;
  }

  private DeadLetterRecords letters(Admin admin) throws InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.deadLetter());
    int max = USUAL_MAX_BYTES;
    try {
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
    return new DeadLetterRecords(
        topics.deadLetter(), Math.min(max, CommitProducer.MAX_REQUEST / 2));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
