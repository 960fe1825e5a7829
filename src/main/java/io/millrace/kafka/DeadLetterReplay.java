package io.millrace.kafka;

import static io.millrace.kafka.DeadLetterRecords.header;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.PipelineException;
import io.millrace.publication.Provenance.OffsetRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters back to the partitions they came from, as they came: key, value and headers.
 *
 * <p>In transactions of up to {@value #AT_ONCE}, each read before it is opened: one that is open
 * holds up everybody who reads committed records of these topics, training included. Two runs at
 * once fence each other. A second run of the same range sends the same records again: each carries
 * {@value #FROM}, the dead letter it was, by which one can tell.
 */
public final class DeadLetterReplay {

  /** Header of a record that was sent back: {@code topic-partition@offset} of its dead letter. */
  static final String FROM = "millrace-replayed-from";

  private static final int AT_ONCE = 1_000;
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
   * @param onProgress told of each part looked at
   * @throws PipelineException where the selection names what is not there, or the broker refuses;
   *     says from which offset on nothing was sent
   */
  public Report run(Selection selection, boolean dryRun, Listener onProgress)
      throws InterruptedException {
    Tally tally = new Tally();
    try (KafkaRecordLog log = new KafkaRecordLog(client, answerWithin);
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                producerSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      if (!dryRun) {
        producer.initTransactions();
      }
      Map<String, OffsetRange> ranges = ranges(log, selection);
      long all = ranges.values().stream().mapToLong(DeadLetterReplay::size).sum();
      long done = 0;
      for (Map.Entry<String, OffsetRange> entry : ranges.entrySet()) {
        OffsetRange range = entry.getValue();
        for (long from = range.from(); from < range.to(); from += AT_ONCE) {
          List<InboundRecord> letters =
              log.read(entry.getKey(), from, Math.min(from + AT_ONCE, range.to()));
          List<InboundRecord> whole = tally.whole(letters.stream().filter(selection::has).toList());
          if (!dryRun) {
            send(producer, whole, InputPositions.partition(entry.getKey()), from);
          }
          tally.done(whole);
          done += Math.min(AT_ONCE, range.to() - from);
          onProgress.done(done, all);
        }
      }
    } catch (KafkaException e) {
      throw new PipelineException("Kafka says: " + e.getMessage(), e);
    }
    return tally.report();
  }

  private void send(
      Producer<byte[], byte[]> producer, List<InboundRecord> letters, int partition, long from) {
    if (letters.isEmpty()) {
      return;
    }
    try {
      producer.beginTransaction();
      for (InboundRecord letter : letters) {
        var unused = producer.send(original(letter)); // a failure fails the transaction
      }
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw new PipelineException(
          "dead letters of partition %d were sent back up to offset %d, none from there on; Kafka says: %s"
              .formatted(partition, from, e.getMessage()),
          e);
    }
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

  private Map<String, OffsetRange> ranges(KafkaRecordLog log, Selection selection) {
    Map<String, OffsetRange> all = log.partitions(topic);
    Map<String, OffsetRange> selected = new LinkedHashMap<>();
    all.forEach(
        (name, range) -> {
          int partition = InputPositions.partition(name);
          if (selection.partition().orElse(partition) == partition) {
            selected.put(
                name,
                new OffsetRange(
                    Math.max(selection.from(), range.from()),
                    Math.min(selection.to(), range.to())));
          }
        });
    if (selected.isEmpty()) {
      throw new PipelineException(
          "topic %s has the partitions %s%s"
              .formatted(
                  topic,
                  all.keySet().stream().map(InputPositions::partition).toList(),
                  selection.partition().isPresent()
                      ? ", there is no " + selection.partition().getAsInt()
                      : ""));
    }
    return selected;
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("transactional.id", "millrace-replay-" + topic);
    settings.put("acks", "all");
    return settings;
  }

  private static long size(OffsetRange range) {
    return Math.max(0, range.to() - range.from());
  }

  private static String required(InboundRecord letter, String name) {
    return header(letter, name).orElseThrow();
  }

  /** Why a letter cannot be sent back; empty where it can. */
  private static Optional<String> obstacle(InboundRecord letter) {
    if (DeadLetterRecords.origin(letter).isEmpty()) {
      return Optional.of(letter.position() + " is no dead letter of this service");
    }
    return header(letter, DeadLetterRecords.VALUE_SHA256)
        .map(hash -> letter.position() + " was too large to be kept whole");
  }

  /** Counts. */
  private static final class Tally {

    private final Map<String, Long> sent = new TreeMap<>();
    private final List<String> kept = new ArrayList<>();

    /** Those that can be sent back; remembers the others. */
    List<InboundRecord> whole(List<InboundRecord> letters) {
      List<InboundRecord> whole = new ArrayList<>();
      for (InboundRecord letter : letters) {
        Optional<String> obstacle = obstacle(letter);
        if (obstacle.isPresent()) {
          kept.add(obstacle.get());
        } else {
          whole.add(letter);
        }
      }
      return whole;
    }

    void done(List<InboundRecord> letters) {
      letters.forEach(
          letter ->
              sent.merge(
                  required(letter, DeadLetterRecords.REASON)
                      + " to "
                      + required(letter, DeadLetterRecords.TOPIC),
                  1L,
                  Long::sum));
    }

    Report report() {
      return new Report(sent, kept);
    }
  }

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
      OptionalInt partition,
      long from,
      long to,
      Optional<DeadLetter.Reason> reason,
      Optional<Instant> since) {

    public Selection {
      if (from < 0 || from > to) {
        throw new IllegalArgumentException(
            "offsets from %d to %d hold nothing".formatted(from, to));
      }
    }

    boolean has(InboundRecord letter) {
      return (reason.isEmpty()
              || reason.map(Enum::name).equals(header(letter, DeadLetterRecords.REASON)))
          && since.map(then -> letter.timestampMillis() >= then.toEpochMilli()).orElse(true);
    }
  }

  /** Told how far it is. */
  @FunctionalInterface
  public interface Listener {

    /**
     * @param done offsets looked at
     * @param all offsets of the selection, of which some may hold nothing
     */
    void done(long done, long all);
  }

  /**
   * What was sent.
   *
   * @param counts records by {@code REASON to TOPIC}, sorted
   * @param kept why others cannot be sent back: position and cause
   */
  public record Report(Map<String, Long> counts, List<String> kept) {

    public Report {
      counts = Collections.unmodifiableMap(new TreeMap<>(counts));
      kept = List.copyOf(kept);
    }

    public long records() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
