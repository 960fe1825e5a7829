package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.pipeline.PipelineException;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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
    DeadLetterReplay.Report report = replay.run(ALL, false, (done, all) -> {});

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
    assertThat(report.kept()).containsExactly(letters + "-0@2 was too large to be kept whole");
    assertThat(TestBroker.records(examples)).hasSize(1);
  }

  @Test
  void itTellsHowFarItIs() throws Exception {
    List<String> told = new ArrayList<>();

    replay.run(ALL, true, (done, all) -> told.add(done + " of " + all));

    assertThat(told).containsExactly("3 of 3");
  }

  @Test
  void aDryRunCountsTheSameAndSendsNothing() throws Exception {
    DeadLetterReplay.Report report = replay.run(ALL, true, (done, all) -> {});

    assertThat(report.records()).isEqualTo(2);
    assertThat(report.kept()).hasSize(1);
    assertThat(TestBroker.records(examples)).isEmpty();
    assertThat(TestBroker.records(heldOut)).isEmpty();
  }

  @Test
  void onlyThoseSelectedAreSent() throws Exception {
    replay.run(selection(1, Optional.empty()), false, (done, all) -> {});
    assertThat(TestBroker.records(examples)).isEmpty();
    assertThat(TestBroker.records(heldOut)).hasSize(1);

    replay.run(selection(0, Optional.of(Reason.UNKNOWN_LABEL)), false, (done, all) -> {});
    assertThat(TestBroker.records(examples)).hasSize(1);
    assertThat(TestBroker.records(heldOut)).hasSize(1);
  }

  @Test
  void moreThanATransactionHoldsAreSentWholeAndInOrder() throws Exception {
    // Given letters in transactions, one of which was aborted, and a record of somebody else
    DeadLetterRecords records = new DeadLetterRecords(letters, MAX_BYTES);
    Map<String, Object> settings = new HashMap<>(TestBroker.client());
    settings.put("transactional.id", letters);
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int transaction = 0; transaction < 3; transaction++) {
        producer.beginTransaction();
        for (int i = 0; i < 700; i++) {
          byte[] value = Integer.toString(transaction * 700 + i).getBytes(UTF_8);
          var unused = producer.send(records.of(letter(examples, 0, Reason.MISSING_TEXT, value)));
        }
        if (transaction == 1) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
      producer.beginTransaction();
      var unused = producer.send(new ProducerRecord<>(letters, "not ours".getBytes(UTF_8)));
      producer.commitTransaction();
    }

    // When
    DeadLetterReplay.Report report =
        replay.run(selection(3, Optional.empty()), false, (done, all) -> {});

    // Then
    assertThat(report.counts()).containsOnly(Map.entry("MISSING_TEXT to " + examples, 1_400L));
    assertThat(report.kept())
        .singleElement()
        .asString()
        .endsWith("is no dead letter of this service");
    assertThat(TestBroker.records(examples))
        .extracting(record -> Integer.valueOf(new String(record.value(), UTF_8)))
        .containsExactlyElementsOf(
            IntStream.range(0, 2_100).filter(i -> i / 700 != 1).boxed().toList());
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThatThrownBy(
            () ->
                replay.run(
                    new DeadLetterReplay.Selection(
                        OptionalInt.of(9), 0, 5, Optional.empty(), Optional.empty()),
                    true,
                    (done, all) -> {}))
        .isInstanceOf(PipelineException.class)
        .hasMessage("topic %s has the partitions [0], there is no 9", letters);
    assertThatThrownBy(() -> selection(-1, Optional.empty()))
        .hasMessageContaining("offsets from -1 to");
    assertThatThrownBy(
            () ->
                new DeadLetterReplay(TestBroker.client(), "no-such-topic", Duration.ofSeconds(5))
                    .run(ALL, true, (done, all) -> {}))
        .isInstanceOf(PipelineException.class);
  }

  private static DeadLetterReplay.Selection selection(long from, Optional<Reason> reason) {
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
