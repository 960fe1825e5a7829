package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.commit.CommitRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * The commits topic: what of a model is committed, as every consumer that reads only committed
 * records sees it. It stays when the broker has forgotten group and transactional id.
 */
final class CommitLog {

  /** Of several partitions: a model's are all in one, unless partitions were added. */
  private static final Comparator<CommitRecord> ORDER =
      Comparator.comparingLong(CommitRecord::term).thenComparing(CommitRecord::time);

  private final Map<String, Object> client;
  private final String topic;
  private final String model;
  private final TopicTail tail;

  /**
   * @param client properties that lead to the broker
   * @param answerWithin longest wait for a record
   */
  CommitLog(Map<String, Object> client, String topic, String model, Duration answerWithin) {
    this.client = new HashMap<>(client);
    this.client.put("default.api.timeout.ms", (int) answerWithin.toMillis());
    this.topic = topic;
    this.model = model;
    this.tail = new TopicTail(client, answerWithin);
  }

  /**
   * The last committed record of the model; empty before the first.
   *
   * @throws KafkaException where the broker does not tell all of it: then nothing is known
   */
  Optional<CommitRecord> last() throws InterruptedException {
    // To the end of the log itself: an open transaction may hide the record.
    return last(IsolationLevel.READ_UNCOMMITTED);
  }

  /** The last record before open transactions, such as one that its owner can no longer end. */
  Optional<CommitRecord> lastInSight() throws InterruptedException {
    return last(IsolationLevel.READ_COMMITTED);
  }

  private Optional<CommitRecord> last(IsolationLevel upTo) throws InterruptedException {
    Optional<CommitRecord> last = Optional.empty();
    for (Map.Entry<TopicPartition, Long> end : ends(upTo).entrySet()) {
      Optional<CommitRecord> found = tail.last(end.getKey(), end.getValue(), this::record);
      if (last.isEmpty() || found.isPresent() && ORDER.compare(found.get(), last.get()) > 0) {
        last = found;
      }
    }
    return last;
  }

  private Map<TopicPartition, Long> ends(IsolationLevel upTo) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Admin admin = Admin.create(client)) {
      for (TopicPartitionInfo partition :
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()) {
        latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
      }
      admin
          .listOffsets(latest, new ListOffsetsOptions(upTo))
          .all()
          .get()
          .forEach((p, end) -> ends.put(p, end.offset()));
      return ends;
    } catch (ExecutionException e) {
      throw new KafkaException(
          "what is committed is unknown, %s cannot be read: %s"
              .formatted(topic, e.getCause().getMessage()),
          e.getCause());
    }
  }

  private Optional<CommitRecord> record(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null
        || record.value() == null
        || !model.equals(new String(record.key(), UTF_8))) {
      return Optional.empty();
    }
    try {
      return Optional.of(CommitRecord.parse(record.value()));
    } catch (IOException e) {
      throw new KafkaException(
          "%s-%d@%d is the commit record of model %s and cannot be read: %s"
              .formatted(
                  record.topic(), record.partition(), record.offset(), model, e.getMessage()),
          e);
    }
  }
}
