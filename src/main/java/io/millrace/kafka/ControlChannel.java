package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.CommandReceiver;
import io.millrace.pipeline.InputPositions;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads the control topic while this instance is the owner: all partitions, in no group, beside the
 * examples' channel, which stands still while training is paused. Where to begin is in the commit
 * unit; a new model begins at the end, and its first unit says where that was. A thread of its own.
 */
@ApplicationScoped
public class ControlChannel {

  private static final Logger LOG = Logger.getLogger(ControlChannel.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long AGAIN_AFTER_MILLIS = 2_000;

  private final Map<String, Object> client;
  private final String topic;
  private final String model;
  private final CommandReceiver receiver;
  private final Thread thread = new Thread(this::run, "millrace-control");
  private volatile boolean stopped;
  private volatile Consumer<byte[], byte[]> polling;

  @Inject
  ControlChannel(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      CommandReceiver receiver) {
    this(kafka.properties(), topics.control(), model, receiver);
  }

  ControlChannel(Map<String, Object> client, String topic, String model, CommandReceiver receiver) {
    this.client = client;
    this.topic = topic;
    this.model = model;
    this.receiver = receiver;
  }

  void atStart(@Observes StartupEvent started) {
    start();
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Without an interrupt, which would make the consumer's own end fail. */
  @PreDestroy
  void stop() {
    stopped = true;
    Consumer<byte[], byte[]> current = polling;
    if (current != null) {
      current.wakeup();
    }
  }

  private void run() {
    boolean said = false;
    while (!stopped) {
      try {
        OptionalLong term = receiver.term();
        if (term.isPresent()) {
          follow(term.getAsLong());
        }
        said = false;
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      } catch (InterruptedException e) {
        return;
      } catch (WakeupException e) {
        LOG.debug("stopped while polling", e);
      } catch (KafkaException e) {
        if (!said) {
          LOG.errorf("commands on topic %s cannot be read, Kafka says: %s", topic, e.getMessage());
          said = true;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As long as the term lasts. */
  private void follow(long term) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", "millrace-control-" + model);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "latest");
    settings.put("allow.auto.create.topics", false);
    settings.remove("group.id");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      polling = consumer;
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      InputPositions known = receiver.commandPositions();
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      InputPositions begin = InputPositions.START;
      for (TopicPartition partition : partitions) {
        long end = ends.get(partition);
        long next = known.of(topic, partition.partition()).orElse(end);
        // Retention may have taken commands that nobody obeyed in time; a new topic is read whole.
        long from = next > end ? 0 : Math.max(next, starts.get(partition));
        consumer.seek(partition, from);
        begin = begin.with(InputPositions.key(topic, partition.partition()), from);
      }
      receiver.commandsBegin(term, begin);
      while (!stopped && receiver.term().equals(OptionalLong.of(term))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          receive(term, record);
        }
      }
    } finally {
      polling = null;
    }
  }

  private void receive(long term, ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || !model.equals(new String(record.key(), UTF_8))) {
      return; // another model's
    }
    String partition = InputPositions.key(topic, record.partition());
    try {
      receiver.command(term, partition, record.offset(), record.value());
    } catch (IllegalArgumentException e) {
      LOG.errorf("%s@%d is no command: %s", partition, record.offset(), e.getMessage());
    }
  }
}
