package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.RecordPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/**
 * Refused records as they came, with reason and origin in headers. One that the broker would not
 * take for its size goes without its value, whose size and hash the headers then tell; one whose
 * key and headers are too large by themselves goes without those, too.
 */
public final class DeadLetterRecords {

  public static final String REASON = "millrace-reason";
  static final String DETAIL = "millrace-detail";
  public static final String TOPIC = "millrace-topic";
  static final String PARTITION = "millrace-partition";
  static final String OFFSET = "millrace-offset";
  public static final String TIMESTAMP = "millrace-timestamp";
  static final String VALUE_SIZE = "millrace-value-size";
  public static final String VALUE_SHA256 = "millrace-value-sha256";

  /** What every dead letter has on top of its record's own. */
  static final Set<String> ORIGIN_HEADERS = Set.of(REASON, DETAIL, TOPIC, PARTITION, OFFSET);

  /** What a dead letter may have on top of its record's own. */
  public static final Set<String> OWN_HEADERS =
      Set.of(REASON, DETAIL, TOPIC, PARTITION, OFFSET, TIMESTAMP, VALUE_SIZE, VALUE_SHA256);

  /** More than a batch and a record take around what we put into them. */
  private static final int OVERHEAD = 512;

  private static final byte[] NOTHING = {};

  private static final Logger LOG = Logger.getLogger(DeadLetterRecords.class);

  private final String topic;
  private final int maxBytes;

  /**
   * @param maxBytes the largest record that client and broker take
   */
  public DeadLetterRecords(String topic, int maxBytes) {
    this.topic = topic;
    this.maxBytes = maxBytes;
  }

  /** As much of the record as the broker takes. */
  public ProducerRecord<byte[], byte[]> of(DeadLetter letter) {
    InboundRecord record = letter.record();
    List<Header> origin = origin(letter);
    long whole = OVERHEAD + record.size() + Header.size(origin);
    if (whole <= maxBytes) {
      return record(record.key(), record.value(), record.headers(), origin);
    }
    LOG.warnf("dead letter of %s is too large to forward whole", record.position());
    List<Header> digest = digest(record);
    long withoutValue = whole - value(record).length + Header.size(digest);
    return withoutValue <= maxBytes
        ? record(record.key(), NOTHING, record.headers(), origin, digest)
        : coordinates(letter);
  }

  /** Reason, origin, size and hash only: the broker takes these in any case. */
  public ProducerRecord<byte[], byte[]> coordinates(DeadLetter letter) {
    return record(null, NOTHING, origin(letter), digest(letter.record()));
  }

  @SafeVarargs
  private ProducerRecord<byte[], byte[]> record(byte[] key, byte[] value, List<Header>... headers) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
    for (List<Header> some : headers) {
      some.forEach(header -> record.headers().add(header.name(), header.value()));
    }
    return record;
  }

  private static List<Header> origin(DeadLetter letter) {
    RecordPosition position = letter.record().position();
    List<Header> headers = new ArrayList<>();
    long sentAt = letter.record().timestampMillis(); // as it came, also one that is no date
    if (sentAt > 0) {
      headers.add(newHeader(TIMESTAMP, Long.toString(sentAt)));
    }
    headers.addAll(
        List.of(
            newHeader(REASON, letter.reason().name()),
            newHeader(DETAIL, letter.detail()),
            newHeader(TOPIC, position.topic()),
            newHeader(PARTITION, Integer.toString(position.partition())),
            newHeader(OFFSET, Long.toString(position.offset()))));
    return headers;
  }

  private static List<Header> digest(InboundRecord record) {
    byte[] value = value(record);
    return List.of(
        newHeader(VALUE_SIZE, Integer.toString(value.length)),
        newHeader(VALUE_SHA256, DigestUtils.sha256Hex(value)));
  }

  private static byte[] value(InboundRecord record) {
    return record.value() == null ? NOTHING : record.value();
  }

  /** A header of a dead letter; empty where it has none of that name. */
  public static Optional<String> header(InboundRecord letter, String name) {
    return letter.headers().stream()
        .filter(header -> header.name().equals(name))
        .reduce((first, second) -> second) // ours were added behind the record's own
        .map(header -> new String(header.value(), UTF_8));
  }

  /** Where the record stood that a dead letter was made of; empty where it is none of ours. */
  public static Optional<RecordPosition> origin(InboundRecord letter) {
    boolean ours = ORIGIN_HEADERS.stream().allMatch(name -> header(letter, name).isPresent());
    if (!ours
        || !header(letter, PARTITION).orElseThrow().matches("\\d{1,9}")
        || !header(letter, OFFSET).orElseThrow().matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordPosition(
            header(letter, TOPIC).orElseThrow(),
            Integer.parseInt(header(letter, PARTITION).orElseThrow()),
            Long.parseLong(header(letter, OFFSET).orElseThrow())));
  }

  private static Header newHeader(String name, String value) {
    return new Header(name, value.getBytes(UTF_8));
  }
}
