package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Looks a model's last version up on the versions topic, from its end backwards. */
final class VersionsTail {

  private final TopicTail tail;

  /**
   * @param client properties that lead to the broker
   * @param timeout longest time without a record
   */
  VersionsTail(Map<String, Object> client, Duration timeout) {
    this.tail = new TopicTail(client, timeout);
  }

  /**
   * The last committed version before an offset.
   *
   * @param partition the one that all of the model's events are in
   * @throws TimeoutException where the broker does not deliver
   */
  Optional<ModelVersion> last(TopicPartition partition, String model, long before) {
    return tail.last(partition, before, record -> version(record, model));
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
