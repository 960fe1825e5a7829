package io.millrace.kafka.archive;

import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.identity.InputSource;
import io.millrace.intake.RecordLog;
import io.millrace.kafka.KafkaInputSource;
import io.millrace.kafka.Partitions;
import io.millrace.kafka.input.InputChannel;
import io.millrace.version.Provenance.OffsetRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads past records from the broker, committed ones only, in no group. Ranges of a partition are
 * expected to ascend; then each record is fetched once.
 */
public final class KafkaRecordLog implements RecordLog {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> settings;
  private final Duration answerWithin;
  private final List<String> inputs;
  private final Map<Partition, Reader> readers = new HashMap<>();

  /**
   * @param client properties that lead to the broker
   * @param answerWithin how long a partition may deliver nothing
   */
  public KafkaRecordLog(Map<String, Object> client, Duration answerWithin) {
    this(client, answerWithin, List.of());
  }

  /**
   * @param client properties that lead to the broker
   * @param answerWithin how long a partition may deliver nothing
   * @param inputs topics that {@link #source} tells of
   */
  public KafkaRecordLog(Map<String, Object> client, Duration answerWithin, List<String> inputs) {
    this.inputs = List.copyOf(inputs);
    this.settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.remove("group.id");
    this.answerWithin = answerWithin;
  }

  /**
   * See {@link RecordLog#read}.
   *
   * @throws PipelineException where the log begins after {@code from}, ends before {@code to}, or
   *     the broker does not answer; names partition and offsets
   */
  @Override
  public List<InboundRecord> read(Partition partition, long from, long to)
      throws InterruptedException {
    try {
      return readers.computeIfAbsent(partition, Reader::new).read(from, to);
    } catch (InterruptException e) {
      Thread.interrupted(); // Kafka sets the flag again; the exception says it
      throw new InterruptedException("while " + partition + " was read");
    }
  }

  /**
   * See {@link RecordLog#partitions}.
   *
   * @throws PipelineException where the broker does not answer; names the topic
   */
  @Override
  public Map<Partition, OffsetRange> partitions(String topic) {
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, answerWithin).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .sorted(Comparator.comparingInt(TopicPartition::partition))
              .toList();
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, answerWithin);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, answerWithin);
      Map<Partition, OffsetRange> ranges = new LinkedHashMap<>();
      partitions.forEach(
          partition ->
              ranges.put(
                  Partitions.of(partition),
                  new OffsetRange(starts.get(partition), ends.get(partition))));
      return ranges;
    } catch (KafkaException e) {
      throw new PipelineException(
          "the partitions of topic %s cannot be read; Kafka says: %s"
              .formatted(topic, e.getMessage()),
          e);
    }
  }

  @Override
  public InputSource source() throws InterruptedException {
    Map<String, Object> asking = new HashMap<>(settings);
    asking.remove("isolation.level");
    asking.remove("enable.auto.commit");
    asking.remove("auto.offset.reset");
    asking.remove("allow.auto.create.topics");
    try (Admin admin = Admin.create(asking)) {
      return KafkaInputSource.of(admin, settings, inputs);
    } catch (ExecutionException e) {
      throw new PipelineException(
          "the topics cannot be looked at, Kafka says: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public void close() {
    readers.values().forEach(reader -> reader.consumer.close());
  }

  /** One partition. */
  private final class Reader {

    private final TopicPartition partition;
    private final Consumer<byte[], byte[]> consumer;
    private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final long start;
    private final long end;

    /** What lies between here and the consumer's position is fetched. */
    private long next;

    private Reader(Partition name) {
      partition = Partitions.kafkas(name);
      consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      try {
        consumer.assign(List.of(partition));
        start = consumer.beginningOffsets(List.of(partition)).get(partition);
        end = consumer.endOffsets(List.of(partition)).get(partition);
        consumer.seek(partition, start);
        next = start;
      } catch (KafkaException e) {
        consumer.close();
        throw e instanceof InterruptException ? e : unreadable(e);
      }
    }

    private List<InboundRecord> read(long from, long to) {
      try {
        return readOrFail(from, to);
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        throw unreadable(e);
      }
    }

    private PipelineException unreadable(KafkaException e) {
      return new PipelineException(
          "%s cannot be read; Kafka says: %s".formatted(partition, e.getMessage()), e);
    }

    private List<InboundRecord> readOrFail(long from, long to) {
      if (from < start || to > end) {
        throw new PipelineException(
            "%s holds offsets %d to %d, those from %d to %d are gone"
                .formatted(partition, start, end, from, to));
      }
      if (from < next || from > consumer.position(partition)) {
        fetched.clear();
        consumer.seek(partition, from);
      }
      fetch(to);
      fetched.removeIf(record -> record.offset() < from);
      List<InboundRecord> records = new ArrayList<>();
      while (!fetched.isEmpty() && fetched.peekFirst().offset() < to) {
        records.add(InputChannel.inbound(fetched.removeFirst()));
      }
      next = to;
      return records;
    }

    /** Reads until every record before an offset is here. */
    private void fetch(long to) {
      long deadline = System.nanoTime() + answerWithin.toNanos();
      while (consumer.position(partition) < to) {
        long before = consumer.position(partition);
        consumer.poll(POLL).forEach(fetched::addLast);
        if (consumer.position(partition) > before) {
          deadline = System.nanoTime() + answerWithin.toNanos();
        } else if (System.nanoTime() > deadline) {
          throw new PipelineException(
              "%s delivers nothing from offset %d on".formatted(partition, before));
        }
      }
    }
  }
}
