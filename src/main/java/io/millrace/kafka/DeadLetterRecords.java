package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;

/**
 * Refused records as they came, with reason and origin in headers. One that the broker would not
 * take for its size goes without its value, whose size and hash the headers then tell; one whose
 * key and headers are too large by themselves goes without those, too.
 */
final class DeadLetterRecords {

  static final String REASON = "millrace-reason";
  static final String DETAIL = "millrace-detail";
  static final String TOPIC = "millrace-topic";
  static final String PARTITION = "millrace-partition";
  static final String OFFSET = "millrace-offset";
  static final String VALUE_SIZE = "millrace-value-size";
  static final String VALUE_SHA256 = "millrace-value-sha256";

  /** More than a batch and a record take around what we put into them. */
  private static final int OVERHEAD = 512;

  private static final Logger LOG = Logger.getLogger(DeadLetterRecords.class);

  private final String topic;
  private final int maxBytes;

  /**
   * @param maxBytes the largest record that client and broker take
   */
  DeadLetterRecords(String topic, int maxBytes) {
    this.topic = topic;
    this.maxBytes = maxBytes;
  }

  /** As much of the record as the broker takes. */
  ProducerRecord<byte[], byte[]> of(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> whole = whole(letter);
    if (size(whole) <= maxBytes) {
      return whole;
    }
    LOG.warnf("dead letter of %s is too large to forward whole", letter.record().position());
    ProducerRecord<byte[], byte[]> withoutValue = withoutValue(letter);
    return size(withoutValue) <= maxBytes ? withoutValue : coordinates(letter);
  }

  /** Reason, origin, size and hash only: the broker takes these in any case. */
  ProducerRecord<byte[], byte[]> coordinates(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, new byte[0]);
    addOrigin(record, letter);
    addDigest(record, letter.record());
    return record;
  }

  private ProducerRecord<byte[], byte[]> whole(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, letter.record().key(), letter.record().value());
    addOwnHeaders(record, letter.record());
    addOrigin(record, letter);
    return record;
  }

  private ProducerRecord<byte[], byte[]> withoutValue(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, letter.record().key(), new byte[0]);
    addOwnHeaders(record, letter.record());
    addOrigin(record, letter);
    addDigest(record, letter.record());
    return record;
  }

  private static long size(ProducerRecord<byte[], byte[]> record) {
    long size = OVERHEAD + length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      size += 4L * header.key().length() + 10 + length(header.value()); // UTF-8 and two lengths
    }
    return size;
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static void addOwnHeaders(ProducerRecord<byte[], byte[]> to, InboundRecord record) {
    record.headers().forEach(header -> to.headers().add(header.name(), header.value()));
  }

  private static void addOrigin(ProducerRecord<byte[], byte[]> to, DeadLetter letter) {
    RecordPosition position = letter.record().position();
    add(to, REASON, letter.reason().name());
    add(to, DETAIL, letter.detail());
    add(to, TOPIC, position.topic());
    add(to, PARTITION, Integer.toString(position.partition()));
    add(to, OFFSET, Long.toString(position.offset()));
  }

  private static void addDigest(ProducerRecord<byte[], byte[]> to, InboundRecord record) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    add(to, VALUE_SIZE, Integer.toString(value.length));
    add(to, VALUE_SHA256, sha256(value));
  }

  private static void add(ProducerRecord<byte[], byte[]> to, String name, String value) {
    to.headers().add(name, value.getBytes(UTF_8));
  }

  private static String sha256(byte[] value) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
