package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three dead letters: of examples and held-out ones, the last cut down for its size. */
class DeadLetterReplayIT {

  private static final int MAX_BYTES = 2_000;
  private static final DeadLetterReplay.Selection ALL = selection(0, Optional.empty());

  private final String letters = TestBroker.topic("dead-letter", 1);
  private final String examples = TestBroker.topic("examples", 2);
  private final String heldOut = TestBroker.topic("heldout", 1);
  private final DeadLetterReplay replay =
      new DeadLetterReplay(TestBroker.client(), letters, Duration.ofSeconds(20));

  @BeforeEach
  void refuse() {
    DeadLetterRecords records = new DeadLetterRecords(letters, MAX_BYTES);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, records.of(letter(examples, 1, Reason.UNKNOWN_LABEL, new byte[] {0, -1, 7})));
      TestBroker.send(producer, records.of(letter(heldOut, 0, Reason.UNDECODABLE, null)));
      byte[] large = new byte[MAX_BYTES];
      Arrays.fill(large, (byte) 'x');
      TestBroker.send(producer, records.of(letter(examples, 0, Reason.TEXT_TOO_LARGE, large)));
    }
  }

  @Test
  void theyComeBackAsTheyCameWithTheDeadLetterTheyWere() throws Exception {
    // When
    DeadLetterReplay.Report report = replay.run(ALL, false, read -> {});

    // Then
    ConsumerRecord<byte[], byte[]> back = TestBroker.records(examples).get(0);
    assertThat(back.partition()).isEqualTo(1);
    assertThat(back.key()).isEqualTo("key".getBytes(UTF_8));
    assertThat(back.value()).isEqualTo(new byte[] {0, -1, 7});
    assertThat(back.headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactly("trace=abc", "millrace-replayed-from=" + letters + "-0@0");
    assertThat(TestBroker.records(heldOut))
        .singleElement()
        .satisfies(record -> assertThat(record.value()).isNull());

    // And the one that is not whole is named
    assertThat(report.counts())
        .containsOnly(
            Map.entry("UNKNOWN_LABEL to " + examples, 1L),
            Map.entry("UNDECODABLE to " + heldOut, 1L));
    assertThat(report.cutDown()).containsExactly(letters + "-0@2");
    assertThat(TestBroker.records(examples)).hasSize(1);
  }

  @Test
  void aDryRunCountsTheSameAndSendsNothing() throws Exception {
    DeadLetterReplay.Report report = replay.run(ALL, true, read -> {});

    assertThat(report.records()).isEqualTo(2);
    assertThat(report.cutDown()).hasSize(1);
    assertThat(TestBroker.records(examples)).isEmpty();
    assertThat(TestBroker.records(heldOut)).isEmpty();
  }

  @Test
  void onlyThoseSelectedAreSent() throws Exception {
    replay.run(selection(1, Optional.empty()), false, read -> {});
    assertThat(TestBroker.records(examples)).isEmpty();
    assertThat(TestBroker.records(heldOut)).hasSize(1);

    replay.run(selection(0, Optional.of("UNKNOWN_LABEL")), false, read -> {});
    assertThat(TestBroker.records(examples)).hasSize(1);
    assertThat(TestBroker.records(heldOut)).hasSize(1);
  }

  private static DeadLetterReplay.Selection selection(long from, Optional<String> reason) {
    return new DeadLetterReplay.Selection(
        OptionalInt.empty(), from, Long.MAX_VALUE, reason, Optional.empty());
  }

  private static DeadLetter letter(String topic, int partition, Reason reason, byte[] value) {
    return new DeadLetter(
        new InboundRecord(
            new RecordPosition(topic, partition, 5),
            "key".getBytes(UTF_8),
            value,
            List.of(new InboundRecord.Header("trace", "abc".getBytes(UTF_8))),
            0),
        reason,
        "a rule was broken");
  }
}
