package io.millrace.kafka.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.PipelineException;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.problem.OpenProblems;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the input waits for, and that it goes on by itself. */
@OneAtATime
class InputWaitingIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  private String examples;
  private String group;

  @BeforeEach
  void makeTopic() {
    examples = TestBroker.topic("examples", 1);
    group = "group-of-" + examples;
  }

  @Test
  void aTakeOverThatFailsIsTriedAgainUntilItSucceedsAndNothingIsReadBefore() {
    // Given a broker that answers late, then a right that comes late, then a disk that is full
    send(0, 20);
    RecordingReceiver receiver =
        RecordingReceiver.open(InputPositions.START.after(new RecordPosition(examples, 0, 4)));
    receiver.fail(
        new PipelineException("late", new TimeoutException("30000 ms")),
        new PipelineException("no right", new TransactionalIdAuthorizationException("no")),
        new PipelineException("full", new IOException("No space left on device")));

    // When
    try (CapturedLog log = CapturedLog.of(OpenProblems.class);
        InputHarness input = new InputHarness(group, examples, receiver, Map.of())) {
      await().atMost(SOON).until(() -> receiver.received().size() == 15);

      // Then
      assertThat(receiver.ownership().stream().filter("fails"::equals)).hasSize(3);
      assertThat(log.lines()).anyMatch(line -> line.contains("take-over (RETRIES)"));
      assertThat(log.lines())
          .anyMatch(line -> line.contains("take-over (WAITS_FOR_OPERATOR): this user lacks"));
      assertThat(log.lines()).anyMatch(line -> line.contains("No space left on device"));
      assertThat(receiver.offsets(examples, 0))
          .containsExactlyElementsOf(LongStream.range(5, 20).boxed().toList());
      assertThat(input.problems.all()).isEmpty();
    }
  }

  @Test
  void aTakeOverThatIsRefusedIsNotTriedAgainAndTheEndIsQuick() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    receiver.fail(new PipelineException("millrace.labels.names is a, but b was trained"));

    // When
    InputHarness input = new InputHarness(group, examples, receiver, Map.of());
    assertThat(input.problem("take-over")).startsWith("REFUSED: millrace.labels.names is a");
    long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    await().atMost(SOON).until(() -> System.nanoTime() > until);

    // Then
    assertThat(receiver.ownership()).containsOnlyOnce("fails").doesNotContain("takes over");
    endsSoon(input);
  }

  @Test
  void aTopicThatIsMadeLaterIsReadWithinSeconds() throws Exception {
    // Given one of two topics
    send(0, 3);
    String late = examples + "-late";
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, examples + "," + late, receiver, Map.of());
        Admin admin = Admin.create(TestBroker.client())) {
      await().atMost(SOON).until(() -> receiver.received().size() == 3);

      // When the other comes
      admin.createTopics(List.of(new NewTopic(late, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
      try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
        TestBroker.send(producer, new ProducerRecord<>(late, new byte[] {1}));
      }

      // Then
      await().atMost(Duration.ofSeconds(40)).until(() -> receiver.received().size() == 4);
      assertThat(input.alive()).isTrue();
    }
  }

  @Test
  void aReceiverThatTakesNoMoreRecordsIsNoReasonToRestart() {
    // Given
    send(0, 3);
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    receiver.refuse(new PipelineException("label x is none of a, b"));

    // When
    try (InputHarness input = new InputHarness(group, examples, receiver, Map.of())) {
      await().atMost(SOON).until(input::hasStoppedHandingOn);

      // Then
      assertThat(input.alive()).isTrue();
    }

    // And a defect is one
    receiver.refuse(new IllegalStateException("a defect"));
    try (InputHarness input = new InputHarness(group, examples, receiver, Map.of())) {
      await().dontCatchUncaughtExceptions().atMost(SOON).until(() -> !input.alive());
    }
  }

  @Test
  void aGroupThatAnotherApplicationUsesIsWaitedFor() {
    // Given
    send(0, 3);
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    Consumer<byte[], byte[]> other = rangeConsumer();
    await()
        .atMost(SOON)
        .until(() -> other.poll(Duration.ofMillis(50)) != null && !other.assignment().isEmpty());

    // When
    try (InputHarness input = new InputHarness(group, examples, receiver, Map.of())) {
      assertThat(input.problem("input"))
          .startsWith("WAITS_FOR_OPERATOR: the consumer group is used by another application");
      assertThat(input.alive()).isTrue();
      other.close();

      // Then
      await().atMost(SOON).until(() -> receiver.received().size() == 3);
      await().atMost(SOON).until(() -> input.problems.all().isEmpty());
    }
  }

  @Test
  void aNameThatDoesNotResolveIsWaitedForAndTheEndIsQuick() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);

    // When
    InputHarness input =
        new InputHarness(
            group,
            examples,
            receiver,
            Map.of(),
            Map.of("bootstrap.servers", "no-such-host.invalid:9092"));

    // Then
    assertThat(input.problem("input")).startsWith("RETRIES: no name in kafka.bootstrap.servers");
    assertThat(input.alive()).isTrue();
    endsSoon(input);
  }

  @Test
  void theLagCountsWhatWaitsBehindAnOpenTransactionAndIsZeroOnceAllWasRead() {
    // Given three records, and three behind them whose transaction is open
    send(0, 3);
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, examples, receiver, Map.of());
        Producer<byte[], byte[]> producer = transactional()) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int i = 0; i < 3; i++) {
        TestBroker.send(producer, new ProducerRecord<>(examples, 0, null, new byte[] {'t'}));
      }
      KafkaInputProgress progress =
          new KafkaInputProgress(input.consumer, TestBroker.client(), input.problems, true);
      await().atMost(SOON).until(() -> receiver.received().size() == 3);

      // When
      progress.refresh();

      // Then
      assertThat(progress.lag(receiver.positions())).hasValue(3);

      // When it is committed and all is read: its last offset is no record
      producer.commitTransaction();
      await().atMost(SOON).until(() -> receiver.received().size() == 6);
      await()
          .atMost(SOON)
          .until(
              () -> {
                progress.refresh();
                return progress.lag(receiver.positions()).equals(OptionalLong.of(0));
              });

      // And what is polled and not trained yet counts
      assertThat(
              progress
                  .lag(InputPositions.START.after(new RecordPosition(examples, 0, 3)))
                  .orElseThrow())
          .isGreaterThanOrEqualTo(2);
      progress.stop();
    }
  }

  @Test
  void aLagThatCannotBeAskedForIsUnknownAndSaysWhy() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, examples, receiver, Map.of())) {
      await().atMost(SOON).until(receiver::isOwner);
      KafkaInputProgress progress =
          new KafkaInputProgress(
              input.consumer, Map.of("bootstrap.servers", "localhost:1"), input.problems, true);

      // When
      progress.refresh();

      // Then
      assertThat(progress.lag(InputPositions.START)).isEmpty();
      assertThat(input.problem("lag")).startsWith("RETRIES: the lag is unknown: ");
      progress.stop();
    }
  }

  private static void endsSoon(InputHarness input) {
    long start = System.nanoTime();
    input.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  private Consumer<byte[], byte[]> rangeConsumer() {
    Consumer<byte[], byte[]> other =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                TestBroker.address(),
                "group.id",
                group,
                "partition.assignment.strategy",
                RangeAssignor.class.getName()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    other.subscribe(List.of(examples));
    return other;
  }

  private Producer<byte[], byte[]> transactional() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", TestBroker.address(), "transactional.id", "of-" + examples),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void send(int from, int to) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = from; i < to; i++) {
        TestBroker.send(
            producer, new ProducerRecord<>(examples, 0, null, ("record " + i).getBytes(UTF_8)));
      }
    }
  }
}
