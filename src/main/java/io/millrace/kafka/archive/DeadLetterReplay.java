package io.millrace.kafka.archive;

import static io.millrace.kafka.DeadLetterRecords.header;

import io.millrace.config.PipelineException;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.InputTopics;
import io.millrace.input.Retried;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.version.Provenance.OffsetRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters back to the model that refused them, on its retry topic, as they came: key,
 * value and headers, and where they came from in further headers ({@link Retried}).
 *
 * <p>In transactions of up to {@value #AT_ONCE}, each read before it is opened: one that is open
 * holds up every consumer of the topic that reads only committed records, training included. Two
 * runs at once fence each other. What was sent is known from the retry topic, so a second run,
 * after a crash as well, sends nothing twice. A letter that a later record of its partition is
 * about is not sent.
 */
public final class DeadLetterReplay {

  private static final int AT_ONCE = 1_000;
  private final Map<String, Object> client;
  private final String topic;
  private final InputTopics inputs;
  private final ExampleDecoder decoder;
  private final Duration answerWithin;

  /**
   * @param client properties that lead to the broker
   * @param topic the dead-letter topic
   * @param inputs of the model
   * @param decoder as the model's, to know the ids
   * @param answerWithin how long the broker may deliver nothing
   */
  public DeadLetterReplay(
      Map<String, Object> client,
      String topic,
      InputTopics inputs,
      ExampleDecoder decoder,
      Duration answerWithin) {
    this.client = Map.copyOf(client);
    this.topic = topic;
    this.inputs = inputs;
    this.decoder = decoder;
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
    ReplayTally tally = new ReplayTally();
    try (KafkaRecordLog log = new KafkaRecordLog(client, answerWithin);
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                producerSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      if (!dryRun) {
        producer.initTransactions(); // what an earlier run left open is over with this
      }
      Map<Partition, OffsetRange> ranges = ranges(log, selection);
      ReplayFilter filter = filter(log, ranges, selection);
      int partitions = log.partitions(inputs.retry()).size();
      if (partitions == 0 && !dryRun) {
        throw new PipelineException(
            "topic %s does not exist; make it, or set millrace.topics.retry"
                .formatted(inputs.retry()));
      }
      long all = ranges.values().stream().mapToLong(DeadLetterReplay::size).sum();
      long done = 0;
      for (Map.Entry<Partition, OffsetRange> entry : ranges.entrySet()) {
        OffsetRange range = entry.getValue();
        for (long from = range.from(); from < range.to(); from += AT_ONCE) {
          List<InboundRecord> letters =
              log.read(entry.getKey(), from, Math.min(from + AT_ONCE, range.to())).stream()
                  .filter(selection::has)
                  .toList();
          List<ReplayFilter.Sendable> chosen = filter.choose(letters, tally);
          if (!dryRun) {
            send(producer, chosen, partitions, entry.getKey().number(), from);
          }
          chosen.forEach(one -> tally.sent(one.letter()));
          done += Math.min(AT_ONCE, range.to() - from);
          onProgress.done(done, all);
        }
      }
    } catch (KafkaException e) {
      throw new PipelineException("Kafka says: " + e.getMessage(), e);
    }
    return tally.report();
  }

  /** Knows what was sent, and what came about the selected ones since. */
  private ReplayFilter filter(
      KafkaRecordLog log, Map<Partition, OffsetRange> ranges, Selection selection)
      throws InterruptedException {
    ReplayFilter filter = new ReplayFilter(inputs, decoder);
    for (Map.Entry<Partition, OffsetRange> partition : log.partitions(inputs.retry()).entrySet()) {
      read(log, partition.getKey(), partition.getValue(), filter::sent);
    }
    for (Map.Entry<Partition, OffsetRange> partition : ranges.entrySet()) {
      read(
          log,
          partition.getKey(),
          partition.getValue(),
          letter -> {
            if (selection.has(letter)) {
              filter.wanted(letter);
            }
          });
    }
    for (String input : List.of(inputs.examples(), inputs.heldOut())) {
      for (Map.Entry<Partition, OffsetRange> partition : log.partitions(input).entrySet()) {
        OffsetRange rest = filter.toLookAt(partition.getKey(), partition.getValue());
        read(log, partition.getKey(), rest, filter::later);
      }
    }
    return filter;
  }

  private static void read(
      KafkaRecordLog log, Partition partition, OffsetRange range, Consumer<InboundRecord> reader)
      throws InterruptedException {
    for (long from = range.from(); from < range.to(); from += AT_ONCE) {
      log.read(partition, from, Math.min(from + AT_ONCE, range.to())).forEach(reader);
    }
  }

  private void send(
      Producer<byte[], byte[]> producer,
      List<ReplayFilter.Sendable> letters,
      int partitions,
      int partition,
      long from) {
    if (letters.isEmpty()) {
      return;
    }
    try {
      producer.beginTransaction();
      for (ReplayFilter.Sendable one : letters) {
        var unused =
            producer.send(
                record(inputs.retry(), one, partitions)); // a failure fails the transaction
      }
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw new PipelineException(
          "dead letters of partition %d were sent back up to offset %d, none from there on; Kafka says: %s"
              .formatted(partition, from, e.getMessage()),
          e);
    }
  }

  /** Those of one partition stay in one, and so in order. */
  static ProducerRecord<byte[], byte[]> record(
      String topic, ReplayFilter.Sendable one, int partitions) {
    Retried retried = one.retried();
    String origin = retried.origin().inPartition().toString();
    InboundRecord letter = one.letter();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, Math.floorMod(origin.hashCode(), partitions), letter.key(), letter.value());
    letter.headers().stream()
        .filter(header -> !DeadLetterRecords.OWN_HEADERS.contains(header.name()))
        .filter(header -> !Retried.HEADERS.contains(header.name()))
        .forEach(header -> record.headers().add(header.name(), header.value()));
    retried.headers().forEach(header -> record.headers().add(header.name(), header.value()));
    return record;
  }

  private Map<Partition, OffsetRange> ranges(KafkaRecordLog log, Selection selection) {
    Map<Partition, OffsetRange> all = log.partitions(topic);
    Map<Partition, OffsetRange> selected = new LinkedHashMap<>();
    all.forEach(
        (name, range) -> {
          int partition = name.number();
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
                  all.keySet().stream().map(Partition::number).toList(),
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

  /**
   * Selection of dead letters.
   *
   * @param partition of the dead-letter topic; empty for all
   * @param from the first offset
   * @param to the offset after the last
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
   * @param counts records by {@code REASON from TOPIC}, sorted
   * @param kept why others cannot be sent back: position and cause
   * @param superseded dead letters superseded by a later record of their partition
   * @param sentBefore dead letters that the retry topic already has
   */
  public record Report(
      Map<String, Long> counts, List<String> kept, long superseded, long sentBefore) {

    public Report {
      counts = Collections.unmodifiableMap(new TreeMap<>(counts));
      kept = List.copyOf(kept);
    }

    public long records() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
