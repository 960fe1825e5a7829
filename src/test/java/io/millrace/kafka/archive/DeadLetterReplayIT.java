package io.millrace.kafka.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.PipelineException;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.InputTopics;
import io.millrace.input.Retried;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.input.InputChannel;
import io.millrace.testing.Labels;
import io.millrace.testing.OneAtATime;
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
@OneAtATime
class DeadLetterReplayIT {

  private static final int MAX_BYTES = 2_000;
  private static final DeadLetterReplay.Selection ALL = selection(0, Optional.empty());

  private final String letters = TestBroker.topic("dead-letter", 1);
  private final String examples = TestBroker.topic("examples", 2);
  private final String heldOut = TestBroker.topic("heldout", 1);
  private final String retry = TestBroker.topic("retry", 2);
  private final InputTopics inputs = new InputTopics(examples, heldOut, retry);
  private final DeadLetterReplay replay =
      new DeadLetterReplay(
          TestBroker.client(),
          letters,
          inputs,
          new ExampleDecoder(1_000, "group", Labels.TASK),
          Duration.ofSeconds(20));

  @BeforeEach
  void refuse() {
    DeadLetterRecords records = new DeadLetterRecords(letters, MAX_BYTES);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < 9; i++) { // the letters are of the sixth
        TestBroker.send(producer, new ProducerRecord<>(examples, 1, null, example("other")));
      }
      TestBroker.send(
          producer, records.of(letter(examples, 1, Reason.UNKNOWN_LABEL, new byte[] {0, -1, 7})));
      TestBroker.send(producer, records.of(letter(heldOut, 0, Reason.UNDECODABLE, null)));
      byte[] large = new byte[MAX_BYTES];
      Arrays.fill(large, (byte) 'x');
      TestBroker.send(producer, records.of(letter(examples, 0, Reason.TEXT_TOO_LARGE, large)));
    }
  }

  @Test
  void theyGoToTheRetryTopicAsTheyCameWithWhereTheyCameFromAndNotToTheProducersTopics()
      throws Exception {
    // When
    DeadLetterReplay.Report report = replay.run(ALL, false, (done, all) -> {});

    // Then
    assertThat(TestBroker.records(examples)).hasSize(9); // of the producer
    assertThat(TestBroker.records(heldOut)).isEmpty();
    ConsumerRecord<byte[], byte[]> back = from(examples + "-1@5");
    assertThat(back.key()).isEqualTo("key".getBytes(UTF_8));
    assertThat(back.value()).isEqualTo(new byte[] {0, -1, 7});
    assertThat(back.headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactly(
            "trace=abc",
            "millrace-origin=" + examples + "-1@5",
            "millrace-retry-of=" + examples + "-1@5",
            "millrace-replayed-from=" + letters + "-0@0",
            "millrace-checked-to=9");
    assertThat(from(heldOut + "-0@5").value()).isNull();

    // And the one that is not whole is named
    assertThat(report.counts())
        .containsOnly(
            Map.entry("UNKNOWN_LABEL from " + examples, 1L),
            Map.entry("UNDECODABLE from " + heldOut, 1L));
    assertThat(report.kept()).containsExactly(letters + "-0@2 was too large to be kept whole");
    assertThat(TestBroker.records(retry)).hasSize(2);
  }

  @Test
  void aSecondRunSendsNothingTwiceAlsoAfterACrashInTheMiddle() throws Exception {
    // Given a run that was killed while its transaction was open
    Map<String, Object> settings = new HashMap<>(TestBroker.client());
    settings.put("transactional.id", "millrace-replay-" + letters);
    Producer<byte[], byte[]> killed =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    killed.initTransactions();
    killed.beginTransaction();
    var unused = killed.send(new ProducerRecord<>(retry, new byte[] {1}));
    killed.flush();

    // When
    DeadLetterReplay.Report first =
        replay.run(selection(0, Optional.of(Reason.UNKNOWN_LABEL)), false, (done, all) -> {});
    DeadLetterReplay.Report second = replay.run(ALL, false, (done, all) -> {});
    DeadLetterReplay.Report third = replay.run(ALL, false, (done, all) -> {});
    killed.close(Duration.ZERO);

    // Then
    assertThat(first.records()).isEqualTo(1);
    assertThat(second.records()).isEqualTo(1);
    assertThat(second.sentBefore()).isEqualTo(1);
    assertThat(third.records()).isZero();
    assertThat(third.sentBefore()).isEqualTo(2);
    assertThat(TestBroker.records(retry)).hasSize(2);
  }

  @Test
  void whatIsRefusedAgainCanBeSentBackAgainAndKeepsItsOrigin() throws Exception {
    // Given that the model has refused what came back
    replay.run(selection(0, Optional.of(Reason.UNKNOWN_LABEL)), false, (done, all) -> {});
    ConsumerRecord<byte[], byte[]> back = TestBroker.records(retry).get(0);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new DeadLetterRecords(letters, MAX_BYTES)
              .of(
                  new DeadLetter(
                      InputChannel.inbound(back), Reason.UNKNOWN_LABEL, "still unknown")));
    }

    // When
    DeadLetterReplay.Report report =
        replay.run(selection(0, Optional.of(Reason.UNKNOWN_LABEL)), false, (done, all) -> {});

    // Then
    assertThat(report.records()).isEqualTo(1);
    assertThat(report.sentBefore()).isEqualTo(1);
    assertThat(TestBroker.records(retry))
        .extracting(record -> header(record, Retried.ORIGIN))
        .containsExactly(examples + "-1@5", examples + "-1@5");
    assertThat(TestBroker.records(retry))
        .extracting(record -> header(record, Retried.OF))
        .containsExactly(examples + "-1@5", retry + "-" + back.partition() + "@" + back.offset());
  }

  @Test
  void whatALaterRecordOfItsPartitionIsAboutIsNotSent() throws Exception {
    // Given letters of ids, of which one was corrected since and one retracted
    DeadLetterRecords records = new DeadLetterRecords(letters, MAX_BYTES);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (String id : List.of("corrected", "retracted", "left", "before")) {
        TestBroker.send(
            producer, records.of(letter(examples, 1, Reason.UNKNOWN_LABEL, example(id))));
      }
      TestBroker.send(producer, new ProducerRecord<>(examples, 1, null, example("corrected")));
      TestBroker.send(
          producer, new ProducerRecord<>(examples, 1, "retracted".getBytes(UTF_8), null));
      TestBroker.send(producer, new ProducerRecord<>(examples, 0, null, example("left")));
    }

    // When
    DeadLetterReplay.Report report =
        replay.run(selection(3, Optional.empty()), false, (done, all) -> {});

    // Then
    assertThat(report.superseded()).isEqualTo(2);
    assertThat(TestBroker.records(retry))
        .extracting(record -> new String(record.value(), UTF_8))
        .containsExactly(new String(example("left"), UTF_8), new String(example("before"), UTF_8));
    assertThat(header(TestBroker.records(retry).get(0), Retried.CHECKED_TO)).isEqualTo("11");
  }

  @Test
  void aLetterOfAnotherModelsTopicIsNamedAndLeft() throws Exception {
    DeadLetterRecords records = new DeadLetterRecords(letters, MAX_BYTES);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, records.of(letter("others", 0, Reason.UNKNOWN_LABEL, example("a"))));
    }

    DeadLetterReplay.Report report =
        replay.run(selection(3, Optional.empty()), false, (done, all) -> {});

    assertThat(report.records()).isZero();
    assertThat(report.kept())
        .containsExactly(letters + "-0@3 came from topic others, which this model does not read");
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
    assertThat(TestBroker.records(retry)).isEmpty();
  }

  @Test
  void onlyThoseSelectedAreSent() throws Exception {
    replay.run(selection(1, Optional.empty()), false, (done, all) -> {});
    assertThat(TestBroker.records(retry)).hasSize(1);

    replay.run(selection(0, Optional.of(Reason.UNKNOWN_LABEL)), false, (done, all) -> {});
    assertThat(TestBroker.records(retry)).hasSize(2);
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
    assertThat(report.counts()).containsOnly(Map.entry("MISSING_TEXT from " + examples, 1_400L));
    assertThat(report.kept())
        .singleElement()
        .asString()
        .endsWith("is no dead letter of this service");
    assertThat(TestBroker.records(retry))
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
                new DeadLetterReplay(
                        TestBroker.client(),
                        "no-such-topic",
                        inputs,
                        new ExampleDecoder(1_000, "group", Labels.TASK),
                        Duration.ofSeconds(5))
                    .run(ALL, true, (done, all) -> {}))
        .isInstanceOf(PipelineException.class);
  }

  private static byte[] example(String id) {
    return "{\"id\": \"%s\", \"text\": \"t\", \"label\": \"l\"}".formatted(id).getBytes(UTF_8);
  }

  private ConsumerRecord<byte[], byte[]> from(String origin) {
    return TestBroker.records(retry).stream()
        .filter(record -> header(record, Retried.ORIGIN).equals(origin))
        .findFirst()
        .orElseThrow();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
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
