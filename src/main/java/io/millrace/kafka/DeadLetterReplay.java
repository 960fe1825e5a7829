package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.InboundRecord;
import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.PipelineException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters back to the partitions they came from, as they came: key, value and headers.
 *
 * <p>In one transaction, so that a run that fails sent nothing; two runs at once fence each other.
 * A second run of the same range sends the same records again: each carries {@value #FROM}, the
 * dead letter it was, by which one can tell.
 */
public final class DeadLetterReplay {

  /** Header of a record that was sent back: {@code topic-partition@offset} of its dead letter. */
  static final String FROM = "millrace-replayed-from";

  private static final int AT_ONCE = 1_000;
  private static final int TRANSACTION_MILLIS = 900_000; // the most that brokers allow by default

  private final Map<String, Object> client;
  private final String topic;
  private final Duration answerWithin;

  /**
   * @param client properties that lead to the broker
   * @param topic the dead-letter topic
   * @param answerWithin how long the broker may deliver nothing
   */
  public DeadLetterReplay(Map<String, Object> client, String topic, Duration answerWithin) {
    this.client = Map.copyOf(client);
    this.topic = topic;
    this.answerWithin = answerWithin;
  }

  /**
   * Sends those selected back, of all that are there when it begins.
   *
   * @param dryRun only counts them
   * @param onRead told how many dead letters were looked at
   * @throws PipelineException where the broker refuses; nothing was sent then
   */
  public Report run(Selection selection, boolean dryRun, LongConsumer onRead)
      throws InterruptedException {
    try (KafkaRecordLog log = new KafkaRecordLog(client, answerWithin)) {
      if (dryRun) {
        return send(log, selection, record -> {}, onRead);
      }
      try (Producer<byte[], byte[]> producer =
          new KafkaProducer<>(
              producerSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        Report report =
            send(
                log,
                selection,
                record -> {
                  var unused = producer.send(record); // a failure fails the transaction
                },
                onRead);
        producer.commitTransaction();
        return report;
      }
    } catch (KafkaException e) {
      throw new PipelineException("nothing was sent back, Kafka says: " + e.getMessage(), e);
    }
  }

  private Report send(
      KafkaRecordLog log,
      Selection selection,
      java.util.function.Consumer<ProducerRecord<byte[], byte[]>> out,
      LongConsumer onRead)
      throws InterruptedException {
    Map<String, Long> counts = new TreeMap<>();
    List<String> cutDown = new ArrayList<>();
    long read = 0;
    for (Range range : ranges(selection)) {
      for (long from = range.from(); from < range.to(); from += AT_ONCE) {
        long to = Math.min(from + AT_ONCE, range.to());
        for (InboundRecord letter :
            log.read(InputPositions.key(topic, range.partition()), from, to)) {
          read++;
          if (!selection.has(letter)) {
            continue;
          }
          if (header(letter, DeadLetterRecords.VALUE_SHA256).isPresent()) {
            cutDown.add(letter.position().toString());
          } else {
            counts.merge(
                required(letter, DeadLetterRecords.REASON)
                    + " to "
                    + required(letter, DeadLetterRecords.TOPIC),
                1L,
                Long::sum);
            out.accept(original(letter));
          }
        }
        onRead.accept(read);
      }
    }
    return new Report(counts, cutDown);
  }

  /** The record that the letter was made of. To its own partition: later records count there. */
  static ProducerRecord<byte[], byte[]> original(InboundRecord letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            required(letter, DeadLetterRecords.TOPIC),
            Integer.valueOf(required(letter, DeadLetterRecords.PARTITION)),
            letter.key(),
            letter.value());
    letter.headers().stream()
        .filter(header -> !DeadLetterRecords.OWN_HEADERS.contains(header.name()))
        .filter(header -> !header.name().equals(FROM))
        .forEach(header -> record.headers().add(header.name(), header.value()));
    record.headers().add(FROM, letter.position().toString().getBytes(UTF_8));
    return record;
  }

  private List<Range> ranges(Selection selection) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(topic, answerWithin)) {
        if (selection.partition().orElse(partition.partition()) == partition.partition()) {
          partitions.add(new TopicPartition(topic, partition.partition()));
        }
      }
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      return partitions.stream()
          .map(
              partition ->
                  new Range(
                      partition.partition(),
                      Math.max(selection.from(), starts.get(partition)),
                      Math.min(selection.to(), ends.get(partition))))
          .toList();
    }
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("transactional.id", "millrace-replay-" + topic);
    settings.put("transaction.timeout.ms", TRANSACTION_MILLIS);
    settings.put("acks", "all");
    return settings;
  }

  private static Optional<String> header(InboundRecord letter, String name) {
    return letter.headers().stream()
        .filter(header -> header.name().equals(name))
        .reduce((first, second) -> second) // ours were added behind the record's own
        .map(header -> new String(header.value(), UTF_8));
  }

  private static String required(InboundRecord letter, String name) {
    return header(letter, name)
        .orElseThrow(
            () ->
                new PipelineException(
                    "%s is no dead letter of this service: it has no header %s"
                        .formatted(letter.position(), name)));
  }

  private record Range(int partition, long from, long to) {}

  /**
   * Which dead letters.
   *
   * @param partition of the dead-letter topic; empty for all
   * @param from the first offset
   * @param to the offset behind the last
   * @param reason empty for all
   * @param since those sent then or later; empty for all
   */
  public record Selection(
      OptionalInt partition, long from, long to, Optional<String> reason, Optional<Instant> since) {

    boolean has(InboundRecord letter) {
      return (reason.isEmpty() || reason.equals(header(letter, DeadLetterRecords.REASON)))
          && since.map(then -> letter.timestampMillis() >= then.toEpochMilli()).orElse(true);
    }
  }

  /**
   * What was sent.
   *
   * @param counts records by {@code REASON to TOPIC}
   * @param cutDown dead letters that cannot be sent back, because only headers, size and hash were
   *     small enough to keep
   */
  public record Report(Map<String, Long> counts, List<String> cutDown) {

    public Report {
      counts = Map.copyOf(counts);
      cutDown = List.copyOf(cutDown);
    }

    public long records() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
