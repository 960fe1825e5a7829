package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.pipeline.DeadLetterSink;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jboss.logging.Logger;

/**
 * Forwards refused records as they came, with reason and origin in headers. One that the broker
 * will not take for its size goes without its value, whose size and hash the headers then tell; one
 * whose key and headers are too large by themselves goes without those, too.
 *
 * <p>Blocks the caller while {@value #UNDER_WAY} letters are under way: a flood of bad records
 * slows the input down instead of filling the memory.
 */
@ApplicationScoped
public class KafkaDeadLetterSink implements DeadLetterSink {

  static final int UNDER_WAY = 1024;

  static final String REASON = "millrace-reason";
  static final String DETAIL = "millrace-detail";
  static final String TOPIC = "millrace-topic";
  static final String PARTITION = "millrace-partition";
  static final String OFFSET = "millrace-offset";
  static final String VALUE_SIZE = "millrace-value-size";
  static final String VALUE_SHA256 = "millrace-value-sha256";

  private static final Logger LOG = Logger.getLogger(KafkaDeadLetterSink.class);

  private final RecordSender events;
  private final TopicSettings topics;
  private final Semaphore room = new Semaphore(UNDER_WAY);

  @Inject
  KafkaDeadLetterSink(
      @Identifier(OutputChannels.EVENTS) RecordSender events, TopicSettings topics) {
    this.events = events;
    this.topics = topics;
  }

  @Override
  public CompletionStage<Void> send(DeadLetter letter) {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(e);
    }
    return events
        .send(whole(letter))
        .exceptionallyCompose(failure -> orSmaller(failure, letter, withoutValue(letter)))
        .exceptionallyCompose(failure -> orSmaller(failure, letter, coordinates(letter)))
        .whenComplete((done, failure) -> room.release());
  }

  private CompletionStage<Void> orSmaller(
      Throwable failure, DeadLetter letter, ProducerRecord<byte[], byte[]> smaller) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (!(cause instanceof RecordTooLargeException)) {
      return CompletableFuture.failedStage(cause);
    }
    LOG.warnf("dead letter of %s is too large to forward whole", letter.record().position());
    return events.send(smaller);
  }

  private ProducerRecord<byte[], byte[]> whole(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.deadLetter(), letter.record().key(), letter.record().value());
    addOwnHeaders(record, letter.record());
    addOrigin(record, letter);
    return record;
  }

  private ProducerRecord<byte[], byte[]> withoutValue(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.deadLetter(), letter.record().key(), new byte[0]);
    addOwnHeaders(record, letter.record());
    addOrigin(record, letter);
    addDigest(record, letter.record());
    return record;
  }

  private ProducerRecord<byte[], byte[]> coordinates(DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.deadLetter(), null, new byte[0]);
    addOrigin(record, letter);
    addDigest(record, letter.record());
    return record;
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
