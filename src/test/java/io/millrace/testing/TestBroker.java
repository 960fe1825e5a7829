package io.millrace.testing;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real Kafka broker for tests: one for the JVM, started at first use, gone with it. Tests keep
 * apart by topic names of their own.
 */
public final class TestBroker {

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private TestBroker() {}

  /** {@code localhost:PORT}. */
  public static String address() {
    return Holder.ADDRESS;
  }

  /** Client properties that lead to the broker. */
  public static Map<String, Object> client() {
    return Map.of("bootstrap.servers", address());
  }

  /** Makes a topic that no other test has. */
  public static String topic(String prefix, int partitions) {
    return topic(prefix, partitions, Map.of());
  }

  /** Makes a topic that no other test has, with settings of its own. */
  public static String topic(String prefix, int partitions, Map<String, String> settings) {
    String name = prefix + "-" + TOPICS.incrementAndGet();
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(settings);
    try (Admin admin = Admin.create(client())) {
      admin.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("topic " + name, e);
    }
    return name;
  }

  public static Producer<byte[], byte[]> producer() {
    Map<String, Object> config = Map.of("bootstrap.servers", address(), "linger.ms", 0);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends one record and waits until the broker has it. */
  public static RecordMetadata send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("record to " + record.topic(), e);
    }
  }

  /** Everything a topic holds now, partition by partition. */
  public static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", address(), "isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (var info : consumer.partitionsFor(topic)) {
        TopicPartition partition = new TopicPartition(topic, info.partition());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(100)).forEach(all::add);
        }
      }
    }
    return all;
  }

  private static final class Holder {

    /** Held here, because the log manager forgets the level of a logger that nobody holds. */
    private static final List<Logger> QUIET =
        Stream.of("org.apache.kafka", "kafka", "state.change.logger")
            .map(Logger::getLogger)
            .toList();

    private static String start() {
      QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
      EmbeddedKafkaBroker broker =
          new EmbeddedKafkaBroker()
              .withNodeId(1)
              .withDeleteLogDirsOnClose(true)
              .withAdditionalProperties(
                  properties -> properties.put("auto.create.topics.enable", "false"))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "test-broker-stop"));
      return broker.getAdvertisedListeners().replaceFirst("^.*://", "");
    }

    static final String ADDRESS = start();
  }
}
