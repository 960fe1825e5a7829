package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks a model's last version up on the versions topic, from its end backwards. */
final class VersionsTail {

  /** Records looked at in one go. */
  private static final long STRIDE = 1_000;

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> client;
  private final Duration timeout;

  /**
   * @param client properties that lead to the broker
   * @param timeout longest time without a record
   */
  VersionsTail(Map<String, Object> client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /**
   * The last committed version in front of an offset.
   *
   * @param partition the one that all of the model's events are in
   * @throws TimeoutException where the broker does not deliver
   */
  Optional<ModelVersion> last(TopicPartition partition, String model, long before) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long start = consumer.beginningOffsets(List.of(partition), timeout).get(partition);
      for (long end = before; end > start; end -= STRIDE) {
        Optional<ModelVersion> found =
            lastWithin(consumer, partition, model, Math.max(start, end - STRIDE), end);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
  }

  private Optional<ModelVersion> lastWithin(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      String model,
      long from,
      long end) {
    Optional<ModelVersion> last = Optional.empty();
    consumer.seek(partition, from);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end) {
          Optional<ModelVersion> found = version(record, model);
          last = found.isPresent() ? found : last;
        }
        deadline = System.nanoTime() + timeout.toNanos();
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "%s does not deliver its records behind offset %d"
                .formatted(partition, consumer.position(partition)));
      }
    }
    return last;
  }

  /** Empty for another model's event, and for one of another kind. */
  private static Optional<ModelVersion> version(
      ConsumerRecord<byte[], byte[]> record, String model) {
    if (record.key() == null
        || record.value() == null
        || !model.equals(new String(record.key(), UTF_8))) {
      return Optional.empty();
    }
    try {
      return Optional.of(VersionEvent.parse(new String(record.value(), UTF_8)));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // such as trainer-started
    }
  }
}
