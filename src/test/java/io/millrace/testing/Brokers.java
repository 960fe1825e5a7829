package io.millrace.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One broker or several as a test's clients see them.
 *
 * @param address {@code localhost:PORT}, comma-separated
 */
public record Brokers(String address) {

  private static final Duration MARKED_WITHIN = Duration.ofSeconds(5);

  private static final AtomicInteger TOPICS = new AtomicInteger();

  /** Held here, because the log manager forgets the level of a logger that nobody holds. */
  private static final List<Logger> KAFKA =
      Stream.of("org.apache.kafka", "kafka", "state.change.logger").map(Logger::getLogger).toList();

  /** Keeps Kafka's warnings, which tests of faults cause by the hundred, out of a test's output. */
  static void quietClients() {
    KAFKA.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  /** Client properties that lead to the brokers. */
  public Map<String, Object> client() {
    return Map.of("bootstrap.servers", address);
  }

  /** Makes a topic that no other test has, with settings of its own, replicated as is usual. */
  public String topic(String prefix, int partitions, Map<String, String> settings) {
    String name = prefix + "-" + TOPICS.incrementAndGet();
    NewTopic topic =
        new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
    try (Admin admin = Admin.create(client())) {
      admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("topic " + name, e);
    }
    return name;
  }

  public Producer<byte[], byte[]> producer() {
    Map<String, Object> config = Map.of("bootstrap.servers", address, "linger.ms", 0);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends one record and waits until the broker has it. */
  public static RecordMetadata send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("record to " + record.topic(), e);
    }
  }

  /**
   * Everything a topic holds now for readers of committed records, partition by partition. A commit
   * is answered before its marker is everywhere, so this waits a little for what is still open.
   */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", address, "isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (var info : consumer.partitionsFor(topic)) {
        TopicPartition partition = new TopicPartition(topic, info.partition());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = end(partition);
        long deadline = System.nanoTime() + MARKED_WITHIN.toNanos();
        while (consumer.position(partition) < end && System.nanoTime() < deadline) {
          consumer.poll(Duration.ofMillis(100)).forEach(all::add);
        }
      }
    }
    return all;
  }

  /** Behind the last record, committed or not. */
  private long end(TopicPartition partition) {
    try (Admin admin = Admin.create(client())) {
      return admin
          .listOffsets(
              Map.of(partition, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .partitionResult(partition)
          .get(30, TimeUnit.SECONDS)
          .offset();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("end of " + partition, e);
    }
  }
}
