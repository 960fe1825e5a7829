package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.control.Command;
import io.millrace.control.CommandOutcome;
import io.millrace.control.CommandOutcome.Outcome;
import io.millrace.control.CommandOutcomes;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.storage.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Looks commands up where they are: on the control topic, which is short, and their answers on the
 * metrics topic, from an hour before the command was sent. In no group, committed records only.
 */
@ApplicationScoped
public class KafkaCommandOutcomes implements CommandOutcomes {

  /** The clocks of command senders and of the trainer may differ by this much. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> client;
  private final String control;
  private final String metrics;
  private final String model;
  private final Role role;

  @Inject
  KafkaCommandOutcomes(
      KafkaClientSettings kafka,
      TopicSettings topics,
      InstanceSettings instance,
      @ConfigProperty(name = "millrace.model.name") String model) {
    this(kafka.properties(), topics.control(), topics.metrics(), instance.role(), model);
  }

  KafkaCommandOutcomes(
      Map<String, Object> client, String control, String metrics, Role role, String model) {
    this.client = new HashMap<>(client);
    this.client.put("isolation.level", "read_committed");
    this.client.put("enable.auto.commit", false);
    this.client.put("auto.offset.reset", "earliest");
    this.client.put("allow.auto.create.topics", false);
    this.client.remove("group.id");
    this.control = control;
    this.metrics = metrics;
    this.role = role;
    this.model = model;
  }

  @Override
  public Optional<CommandOutcome> find(String id, Duration atMost) {
    if (role == Role.SERVE) { // it may read the versions, and nothing else
      throw new IllegalStateException("this instance is a replica, ask one that trains");
    }
    Instant deadline = Instant.now().plus(atMost);
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Search search = new Search(consumer, deadline, atMost);
      Optional<ConsumerRecord<byte[], byte[]>> sent =
          search.first(control, 0, record -> id.equals(id(record)));
      if (sent.isEmpty()) {
        return Optional.empty();
      }
      long from = Math.max(0, sent.get().timestamp() - CLOCKS.toMillis());
      return search
          .first(metrics, from, record -> answers(record, id).filter(this::isFirst).isPresent())
          .or(() -> search.first(metrics, from, record -> answers(record, id).isPresent()))
          .flatMap(record -> answers(record, id))
          .or(() -> Optional.of(waiting(id, sent.get())));
    } catch (KafkaException e) {
      throw new IllegalStateException("Kafka says: " + e.getMessage(), e);
    }
  }

  /** A repeat says only that there was one before. */
  private boolean isFirst(CommandOutcome outcome) {
    return outcome.outcome() != Outcome.ignored;
  }

  private static String position(ConsumerRecord<byte[], byte[]> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }

  private static String id(ConsumerRecord<byte[], byte[]> record) {
    return Command.read(record.value(), position(record)).id();
  }

  private static CommandOutcome waiting(String id, ConsumerRecord<byte[], byte[]> sent) {
    Command command = Command.read(sent.value(), position(sent));
    return new CommandOutcome(
        id,
        Outcome.waiting,
        Optional.of(command.name()),
        "the trainer has not answered yet: it obeys between two chunks",
        command.by(),
        Optional.of(position(sent)),
        Instant.ofEpochMilli(sent.timestamp()));
  }

  private static Optional<CommandOutcome> answers(
      ConsumerRecord<byte[], byte[]> record, String id) {
    try {
      JsonNode json = record.value() == null ? null : Json.MAPPER.readTree(record.value());
      if (json == null
          || !json.path("type").asText().equals("command")
          || !json.path("command").asText().equals(id)) {
        return Optional.empty();
      }
      return Optional.of(
          new CommandOutcome(
              id,
              Outcome.valueOf(json.path("outcome").asText()),
              Optional.of(json.path("name").asText()),
              json.path("detail").asText(),
              Optional.ofNullable(json.path("by").textValue()),
              Optional.ofNullable(json.path("position").textValue()),
              Instant.parse(json.path("time").asText())));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // written by something else than a trainer
    }
  }

  /** One search's way through topics. */
  private final class Search {

    private final Consumer<byte[], byte[]> consumer;
    private final Instant deadline;
    private final Duration atMost;

    private Search(Consumer<byte[], byte[]> consumer, Instant deadline, Duration atMost) {
      this.consumer = consumer;
      this.deadline = deadline;
      this.atMost = atMost;
    }

    /** The first record of the model that is wanted, of those that are there by now. */
    private Optional<ConsumerRecord<byte[], byte[]>> first(
        String topic, long sinceMillis, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
      List<TopicPartition> all =
          consumer.partitionsFor(topic, atMost).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(all, atMost);
      Map<TopicPartition, Long> since = new HashMap<>();
      all.forEach(partition -> since.put(partition, sinceMillis));
      Map<TopicPartition, OffsetAndTimestamp> from = consumer.offsetsForTimes(since, atMost);
      for (TopicPartition partition : all) {
        consumer.assign(List.of(partition));
        OffsetAndTimestamp start = from.get(partition);
        consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
        while (consumer.position(partition) < ends.get(partition)) {
          if (Instant.now().isAfter(deadline)) {
            throw new IllegalStateException(
                "the search was ended after %d s in %s at offset %d of %d"
                    .formatted(
                        atMost.toSeconds(),
                        partition,
                        consumer.position(partition),
                        ends.get(partition)));
          }
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            boolean ours = record.key() != null && model.equals(new String(record.key(), UTF_8));
            if (ours && wanted.test(record)) {
              return Optional.of(record);
            }
          }
        }
      }
      return Optional.empty();
    }
  }
}
