package io.millrace.testing;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A real Kafka broker for tests: one for the JVM, started at first use, gone with it. Tests keep
 * apart by topic names of their own.
 */
public final class TestBroker {

  private TestBroker() {}

  public static Brokers brokers() {
    return Holder.BROKERS;
  }

  /** {@code localhost:PORT}. */
  public static String address() {
    return brokers().address();
  }

  /** Client properties that lead to the broker. */
  public static Map<String, Object> client() {
    return brokers().client();
  }

  /** Makes a topic that no other test has. */
  public static String topic(String prefix, int partitions) {
    return topic(prefix, partitions, Map.of());
  }

  /** Makes a topic that no other test has, with settings of its own. */
  public static String topic(String prefix, int partitions, Map<String, String> settings) {
    return brokers().topic(prefix, partitions, settings);
  }

  public static Producer<byte[], byte[]> producer() {
    return brokers().producer();
  }

  /** Sends one record and waits until the broker has it. */
  public static RecordMetadata send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    return Brokers.send(producer, record);
  }

  /** Everything a topic holds now, partition by partition. */
  public static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return brokers().records(topic);
  }

  private static final class Holder {

    private static Brokers start() {
      Brokers.quietClients();
      EmbeddedKafkaBroker broker =
          new EmbeddedKafkaBroker()
              .withNodeId(1)
              .withDeleteLogDirsOnClose(true)
              .withAdditionalProperties(
                  properties -> properties.put("auto.create.topics.enable", "false"))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "test-broker-stop"));
      return new Brokers(broker.getAdvertisedListeners().replaceFirst("^.*://", ""));
    }

    static final Brokers BROKERS = start();
  }
}
