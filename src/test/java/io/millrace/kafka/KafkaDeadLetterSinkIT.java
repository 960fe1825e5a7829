package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.RecordPosition;
import io.millrace.testing.TestBroker;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaDeadLetterSinkIT {

  private static final RecordPosition ORIGIN = new RecordPosition("examples", 3, 77);

  private final Producer<byte[], byte[]> producer = TestBroker.producer();

  @AfterEach
  void closeProducer() {
    producer.close();
  }

  @Test
  void aLetterIsTheRecordAsItCameWithReasonAndOrigin() throws Exception {
    // Given
    byte[] notJson = {'{', (byte) 0xff, 0, 'x'};
    InboundRecord record =
        new InboundRecord(
            ORIGIN,
            bytes("key"),
            notJson,
            List.of(new Header("trace", bytes("a")), new Header("trace", bytes("b"))),
            0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(TestBroker.topic("dead", 1), record, Reason.UNDECODABLE, "not JSON");

    // Then
    assertThat(letter.key()).isEqualTo(bytes("key"));
    assertThat(letter.value()).isEqualTo(notJson);
    assertThat(headers(letter))
        .containsExactly(
            "trace=a",
            "trace=b",
            "millrace-reason=UNDECODABLE",
            "millrace-detail=not JSON",
            "millrace-topic=examples",
            "millrace-partition=3",
            "millrace-offset=77");
  }

  @Test
  void aRetractionStaysARetraction() throws Exception {
    InboundRecord record = new InboundRecord(ORIGIN, null, null, List.of(), 0);

    ConsumerRecord<byte[], byte[]> letter =
        forwarded(TestBroker.topic("dead", 1), record, Reason.UNDECODABLE, "no value");

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  @Test
  void aValueThatTheBrokerRefusesForItsSizeIsReplacedByItsSizeAndHash() throws Exception {
    // Given a topic that takes less than the producer would send
    String topic = TestBroker.topic("dead", 1, Map.of("max.message.bytes", "1000"));
    byte[] large = new byte[5000];
    Arrays.fill(large, (byte) 'x');
    InboundRecord record =
        new InboundRecord(ORIGIN, bytes("key"), large, List.of(new Header("h", bytes("1"))), 0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(topic, record, Reason.TEXT_TOO_LARGE, "too long");

    // Then
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(large));
    assertThat(letter.key()).isEqualTo(bytes("key"));
    assertThat(letter.value()).isEmpty();
    assertThat(headers(letter))
        .contains(
            "h=1",
            "millrace-reason=TEXT_TOO_LARGE",
            "millrace-offset=77",
            "millrace-value-size=5000",
            "millrace-value-sha256=" + hash);
  }

  @Test
  void aRecordThatTheProducerRefusesForItsHeadersStillLeavesItsCoordinates() throws Exception {
    // Given headers above the producer's limit of a request
    Header huge = new Header("huge", new byte[2_000_000]);
    InboundRecord record = new InboundRecord(ORIGIN, bytes("key"), bytes("v"), List.of(huge), 0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(TestBroker.topic("dead", 1), record, Reason.UNDECODABLE, "not JSON");

    // Then
    assertThat(letter.value()).isEmpty();
    assertThat(headers(letter))
        .contains("millrace-topic=examples", "millrace-offset=77", "millrace-value-size=1")
        .noneMatch(header -> header.startsWith("huge"));
  }

  private ConsumerRecord<byte[], byte[]> forwarded(
      String topic, InboundRecord record, Reason reason, String detail) throws Exception {
    KafkaDeadLetterSink sink =
        new KafkaDeadLetterSink(
            Senders.of(producer), TopicsOf.settings(Map.of("dead-letter", topic)));
    CompletableFuture<Void> sent =
        sink.send(new DeadLetter(record, reason, detail)).toCompletableFuture();
    sent.get(30, TimeUnit.SECONDS);
    List<ConsumerRecord<byte[], byte[]>> letters = TestBroker.records(topic);
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
    return Arrays.stream(record.headers().toArray())
        .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
