package io.millrace.kafka.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.intake.RecordArchive;
import io.millrace.intake.RecordLog;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.KafkaInputSource;
import io.millrace.kafka.ModelInputs;
import io.millrace.kafka.TopicSettings;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** Reads the topics from their beginnings, committed records only, in no group. */
@ApplicationScoped
public class KafkaRecordArchive implements RecordArchive {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
  private static final int AT_ONCE = 1_000;

  private final Map<String, Object> client;
  private final TopicSettings topics;

  @Inject
  KafkaRecordArchive(KafkaClientSettings settings, TopicSettings topics) {
    this(settings.properties(), topics);
  }

  /**
   * @param client properties that lead to the broker
   */
  KafkaRecordArchive(Map<String, Object> client, TopicSettings topics) {
    this.client = client;
    this.topics = topics;
  }

  @Override
  public List<String> inputs() {
    return ModelInputs.of(topics).all();
  }

  @Override
  public RecordLog open() {
    return new KafkaRecordLog(client, ANSWER_WITHIN);
  }

  @Override
  public Announced announced(String model) throws InterruptedException {
    List<ModelVersion> versions = new ArrayList<>();
    List<RolledBack> rollBacks = new ArrayList<>();
    read(
        topics.versions(),
        record -> {
          if (isAbout(record, model)) {
            String event = new String(record.value(), UTF_8);
            parsed(() -> Optional.of(VersionEvent.parse(event)))
                .map(ModelVersion::brief)
                .ifPresent(versions::add);
            parsed(() -> RolledBack.ifRolledBack(event)).ifPresent(rollBacks::add);
          }
        });
    return new Announced(versions, rollBacks);
  }

  @Override
  public Map<String, String> topicIds() throws InterruptedException {
    try (Admin admin =
        Admin.create(KafkaClientSettings.answeringWithin(client, (int) ANSWER_WITHIN.toMillis()))) {
      return KafkaInputSource.ids(admin, inputs());
    } catch (ExecutionException e) {
      throw new PipelineException(
          "the topics' ids cannot be read, Kafka says: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public Map<RecordPosition, String> refusals(
      Set<RecordPosition> of, Function<String, Optional<Instant>> since)
      throws InterruptedException {
    Map<RecordPosition, String> reasons = new HashMap<>();
    read(
        topics.deadLetter(),
        letter ->
            DeadLetterRecords.origin(letter)
                .filter(of::contains)
                .filter(position -> isSince(letter, since.apply(position.topic())))
                .ifPresent(
                    position ->
                        reasons.put(
                            position,
                            DeadLetterRecords.header(letter, DeadLetterRecords.REASON)
                                .orElseThrow())));
    return reasons;
  }

  private static boolean isSince(InboundRecord letter, Optional<Instant> since) {
    return since
        .map(
            time -> letter.timestampMillis() < 0 || letter.timestampMillis() >= time.toEpochMilli())
        .orElse(true);
  }

  private void read(String topic, Consumer<InboundRecord> reader) throws InterruptedException {
    try (RecordLog log = open()) {
      for (Map.Entry<Partition, OffsetRange> partition : log.partitions(topic).entrySet()) {
        long end = partition.getValue().to();
        for (long from = partition.getValue().from(); from < end; from += AT_ONCE) {
          log.read(partition.getKey(), from, Math.min(from + AT_ONCE, end)).forEach(reader);
        }
      }
    }
  }

  private static boolean isAbout(InboundRecord record, String model) {
    return record.key() != null
        && record.value() != null
        && model.equals(new String(record.key(), UTF_8));
  }

  /** Empty for an event of another kind. */
  private static <T> Optional<T> parsed(Supplier<Optional<T>> event) {
    try {
      return event.get();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
