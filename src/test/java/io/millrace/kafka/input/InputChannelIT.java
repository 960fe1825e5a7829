package io.millrace.kafka.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OneAtATime
class InputChannelIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private String examples;
  private String heldOut;
  private String group;

  @BeforeEach
  void makeTopics() {
    examples = TestBroker.topic("examples", 2);
    heldOut = TestBroker.topic("heldout", 1);
    group = "group-of-" + examples;
  }

  @Test
  void aReceiverThatBlocksPastThePollIntervalKeepsTheMembershipAndGetsAllOnceInOrder()
      throws Exception {
    // Given a pipeline that takes 15 records and then blocks for three poll intervals
    send(examples, 0, 600);
    RecordingReceiver receiver = RecordingReceiver.blockingAfter(15);
    Map<String, String> impatient =
        Map.of("max.poll.interval.ms", "2000", "max.poll.records", "10");
    try (InputHarness input = new InputHarness(group, topics(), receiver, impatient);
        Admin admin = Admin.create(TestBroker.client())) {
      await().atMost(SOON).until(() -> receiver.received().size() == 15);
      ConsumerGroupDescription before = describe(admin);

      // When
      long until = System.nanoTime() + Duration.ofSeconds(6).toNanos();
      await().atMost(SOON).until(() -> System.nanoTime() > until);

      // Then it is the same member of the same generation, and little was read ahead
      ConsumerGroupDescription after = describe(admin);
      assertThat(after.groupState().toString()).isEqualTo("Stable");
      assertThat(memberId(after)).isEqualTo(memberId(before));
      long readAhead = input.ask(consumer -> consumer.position(new TopicPartition(examples, 0)));
      assertThat(readAhead).as("one poll in work, three waiting").isLessThanOrEqualTo(50);
      assertThat(input.paused()).hasSize(3);

      // And when it takes records again, all arrive once and in order
      receiver.release();
      await().atMost(SOON).until(() -> receiver.received().size() >= 600);
      assertThat(receiver.offsets(examples, 0))
          .containsExactlyElementsOf(LongStream.range(0, 600).boxed().toList());
      assertThat(input.alive()).isTrue();
    }
  }

  @Test
  void recordsArriveAsTheyWereSent() {
    // Given
    ProducerRecord<byte[], byte[]> sent =
        new ProducerRecord<>(examples, 1, 1_700_000_000_123L, null, "{}".getBytes(UTF_8));
    sent.headers().add("trace", "abc".getBytes(UTF_8)).add("empty", null);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(producer, sent);
      TestBroker.send(producer, new ProducerRecord<>(heldOut, "key".getBytes(UTF_8), null));
    }
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);

    // When
    try (InputHarness input = new InputHarness(group, topics(), receiver, Map.of())) {
      await().atMost(SOON).until(() -> receiver.received().size() == 2);
      assertThat(input.seeker.failure()).isEmpty();
    }

    // Then
    InboundRecord first = received(receiver, examples);
    assertThat(first.position()).isEqualTo(new RecordPosition(examples, 1, 0));
    assertThat(first.key()).isNull();
    assertThat(first.value()).isEqualTo("{}".getBytes(UTF_8));
    assertThat(first.timestampMillis()).isEqualTo(1_700_000_000_123L);
    assertThat(first.headers())
        .extracting(InboundRecord.Header::name)
        .containsExactly("trace", "empty");
    assertThat(received(receiver, heldOut).value()).as("a retraction").isNull();
  }

  @Test
  void aRestartReadsOnFromTheStoredPositionsWhateverTheGroupHasCommitted() {
    // Given a store behind what the group's offsets say, and a partition never read
    send(examples, 0, 20);
    send(examples, 1, 5);
    RecordingReceiver first = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, topics(), first, Map.of())) {
      await().atMost(SOON).until(() -> first.received().size() == 25);
    }
    commit(Map.of(new TopicPartition(examples, 0), new OffsetAndMetadata(20)));
    InputPositions stored =
        InputPositions.START.after(new RecordPosition(examples, 0, 11)); // next is 12

    // When
    RecordingReceiver second = RecordingReceiver.open(stored);
    try (InputHarness input = new InputHarness(group, topics(), second, Map.of())) {
      await().atMost(SOON).until(() -> second.received().size() == 13);
      assertThat(input.alive()).isTrue();
    }

    // Then
    assertThat(second.offsets(examples, 0))
        .containsExactlyElementsOf(LongStream.range(12, 20).boxed().toList());
    assertThat(second.offsets(examples, 1))
        .containsExactlyElementsOf(LongStream.range(0, 5).boxed().toList());
  }

  @Test
  void aStoredPositionBehindTheLogsEndIsRefusedByName() throws Exception {
    // Given
    send(examples, 0, 3);
    RecordingReceiver receiver =
        RecordingReceiver.open(InputPositions.START.after(new RecordPosition(examples, 0, 41)));

    // When
    try (InputHarness input = new InputHarness(group, topics(), receiver, Map.of())) {
      String problem = input.problem("take-over");

      // Then
      assertThat(problem)
          .startsWith(
              "REFUSED: topic "
                  + examples
                  + " partition 0: the stored position 42 is outside the log, which holds 0 to 3:"
                  + " the topic was recreated");
      assertThat(input.alive()).as("no restart would help").isTrue();
      assertThat(receiver.isOwner()).isFalse();
      assertThat(receiver.received()).isEmpty();
    }
  }

  @Test
  void aStoredPositionBelowTheLogsStartIsRefusedByName() throws Exception {
    // Given a log whose first records retention has taken
    send(examples, 0, 10);
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .deleteRecords(Map.of(new TopicPartition(examples, 0), RecordsToDelete.beforeOffset(8)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
    RecordingReceiver receiver =
        RecordingReceiver.open(InputPositions.START.after(new RecordPosition(examples, 0, 4)));

    // When
    try (InputHarness input = new InputHarness(group, topics(), receiver, Map.of())) {
      String problem = input.problem("take-over");

      // Then
      assertThat(problem)
          .contains("the stored position 5 is outside the log, which holds 8 to 10")
          .contains("never read");
      assertThat(receiver.received()).isEmpty();
    }
  }

  @Test
  void theLagIsKnown() {
    // Given
    send(examples, 0, 30);
    send(heldOut, 0, 4);
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, topics(), receiver, Map.of())) {
      KafkaInputProgress progress = progress(input);
      await().atMost(SOON).until(() -> receiver.received().size() == 34);
      assertThat(progress.lag(InputPositions.START)).as("not asked yet").isEmpty();

      // When
      progress.refresh();

      // Then
      InputPositions trained = InputPositions.START.after(new RecordPosition(examples, 0, 19));
      assertThat(progress.lag(trained)).hasValue(14);
      assertThat(progress.lag(receiver.positions())).hasValue(0);
    }
  }

  @Test
  void anOwnerThatAsksForItsPartitionsAgainReadsThemAgainFromWhereItBegins() {
    // Given an owner that gave up by itself, such as one that must restore its last unit
    send(examples, 0, 20);
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    try (InputHarness input = new InputHarness(group, topics(), receiver, Map.of())) {
      await().atMost(SOON).until(() -> receiver.received().size() == 20);
      receiver.giveUp("broken");
      receiver.rewind(InputPositions.START.after(new RecordPosition(examples, 0, 11)));

      // When
      progress(input).rejoin();

      // Then
      await().atMost(SOON).until(() -> receiver.received().size() == 28);
      assertThat(receiver.offsets(examples, 0).subList(20, 28))
          .containsExactlyElementsOf(LongStream.range(12, 20).boxed().toList());
      assertThat(receiver.ownership()).containsExactly("takes over", "gives up", "takes over");
    }
  }

  @Test
  void aStandbyDoesNotDisturbTheOwnerAndTakesOverWhenItLeaves() {
    // Given an owner
    send(examples, 0, 20);
    RecordingReceiver first = RecordingReceiver.open(InputPositions.START);
    RecordingReceiver second =
        RecordingReceiver.open(InputPositions.START.after(new RecordPosition(examples, 0, 14)));
    InputHarness owner = new InputHarness(group, topics(), first, Map.of());
    await().atMost(SOON).until(() -> first.received().size() == 20);

    // When a standby comes, and more records
    try (InputHarness standby = new InputHarness(group, topics(), second, Map.of())) {
      await().atMost(SOON).until(() -> describe().members().size() == 2);
      send(examples, 0, 5);
      await().atMost(SOON).until(() -> first.received().size() == 25);

      // Then
      assertThat(first.ownership()).containsExactly("takes over");
      assertThat(second.isOwner()).isFalse();
      assertThat(standby.alive()).isTrue();

      // When the owner leaves
      owner.close();

      // Then
      await().atMost(SOON).until(() -> second.received().size() == 10);
      assertThat(second.offsets(examples, 0))
          .containsExactlyElementsOf(LongStream.range(15, 25).boxed().toList());
      assertThat(second.ownership()).containsExactly("takes over");
    }
  }

  private static KafkaInputProgress progress(InputHarness input) {
    return new KafkaInputProgress(input.consumer, TestBroker.client(), input.problems, true);
  }

  private String topics() {
    return examples + "," + heldOut;
  }

  private static void send(String topic, int partition, int records) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < records; i++) {
        TestBroker.send(
            producer,
            new ProducerRecord<>(topic, partition, null, ("record " + i).getBytes(UTF_8)));
      }
    }
  }

  private static InboundRecord received(RecordingReceiver receiver, String topic) {
    return receiver.received().stream()
        .filter(record -> record.position().topic().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  /** As somebody else than the members: the group must be empty. */
  private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    try (Consumer<byte[], byte[]> other =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestBroker.address(), "group.id", group),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      other.commitSync(offsets);
    }
  }

  private ConsumerGroupDescription describe() throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      return describe(admin);
    }
  }

  private ConsumerGroupDescription describe(Admin admin) throws Exception {
    return admin
        .describeConsumerGroups(List.of(group))
        .describedGroups()
        .get(group)
        .get(30, TimeUnit.SECONDS);
  }

  private static String memberId(ConsumerGroupDescription description) {
    return description.members().iterator().next().consumerId();
  }
}
