package io.millrace.kafka.commit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks a committed record up in a partition, from an offset backwards. Each stretch is longer than
 * the one before, as compaction leaves few records in many offsets.
 */
final class TopicTail {

  /** Offsets looked at in the first go. */
  private static final long FIRST_STRIDE = 1_000;

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> client;
  private final Duration timeout;

  /**
   * @param client properties that lead to the broker
   * @param timeout longest time without a record
   */
  TopicTail(Map<String, Object> client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /**
   * The last matching committed record before an offset.
   *
   * @param reader empty for what is none
   * @throws TimeoutException if the broker does not deliver, for example after the start of an open
   *     transaction, which may hide the record
   */
  <T> Optional<T> last(
      TopicPartition partition,
      long before,
      Function<ConsumerRecord<byte[], byte[]>, Optional<T>> reader) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long start = consumer.beginningOffsets(List.of(partition), timeout).get(partition);
      long end = before;
      for (long stride = FIRST_STRIDE; end > start; stride *= 2) {
        long from = Math.max(start, end - stride);
        Optional<T> found = lastWithin(consumer, partition, from, end, reader);
        if (found.isPresent()) {
          return found;
        }
        end = from;
      }
      return Optional.empty();
    }
  }

  private <T> Optional<T> lastWithin(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long from,
      long end,
      Function<ConsumerRecord<byte[], byte[]>, Optional<T>> reader) {
    Optional<T> last = Optional.empty();
    consumer.seek(partition, from);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end) {
          Optional<T> found = reader.apply(record);
          last = found.isPresent() ? found : last;
        }
        deadline = System.nanoTime() + timeout.toNanos();
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "%s does not deliver its records from offset %d on"
                .formatted(partition, consumer.position(partition)));
      }
    }
    return last;
  }
}
