package io.millrace.kafka.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.commit.OwnershipLostException;
import io.millrace.example.Partition;
import io.millrace.identity.From;
import io.millrace.identity.InputSource;
import io.millrace.kafka.KafkaInputSource;
import io.millrace.kafka.Unwatched;
import io.millrace.kafka.commit.WatchedOwnership;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real broker says of topics, and how an owner notices that one was made anew. */
@OneAtATime
class TopicsMadeAnewIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private Admin admin;
  private String examples;

  private final OpenProblems problems = new OpenProblems();

  @BeforeEach
  void aTopic() {
    admin = Admin.create(TestBroker.client());
    examples = TestBroker.topic("made-anew", 2);
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void theBrokerTellsClusterTopicsRangesOffsetsAndTimes() throws Exception {
    // Given records of known times, the first of which are deleted
    send(examples, 10);
    admin
        .deleteRecords(Map.of(new TopicPartition(examples, 0), RecordsToDelete.beforeOffset(3)))
        .all()
        .get(30, TimeUnit.SECONDS);

    // When
    InputSource source = source();

    // Then
    assertThat(source.cluster()).isPresent();
    assertThat(source.topicIds()).containsOnlyKeys(examples);
    assertThat(source.ranges())
        .containsEntry(new Partition(examples, 0), new InputSource.Range(3, 10))
        .containsEntry(new Partition(examples, 1), new InputSource.Range(0, 0));
    assertThat(source.offsets(examples, new From.Beginning()))
        .containsEntry(new Partition(examples, 0), 3L);
    assertThat(source.offsets(examples, new From.End()))
        .containsEntry(new Partition(examples, 0), 10L);
    assertThat(source.offsets(examples, new From.Time(Instant.ofEpochMilli(5_500))))
        .containsEntry(new Partition(examples, 0), 6L)
        .containsEntry(new Partition(examples, 1), 0L);
    assertThat(source.timeOf(new Partition(examples, 0), 7)).hasValue(7_000);
    assertThat(source.timeOf(new Partition(examples, 0), 2)).as("deleted").isEmpty();
  }

  @Test
  void aTopicMadeAnewWhileItIsReadEndsTheOwnershipBeforeAUnitIsWritten() throws Exception {
    // Given
    InputSource source = source();
    String first = source.topicIds().get(examples);
    try (WatchedOwnership owner = watched(source)) {
      owner.verifySameInput();

      // When
      String second = anew();

      // Then
      assertThatThrownBy(owner::verifySameInput)
          .isInstanceOf(OwnershipLostException.class)
          .hasMessageContaining(
              "topic %s was made anew: it had the id %s and has %s now", examples, first, second);
      assertThatThrownBy(owner::requireSameInput).isInstanceOf(OwnershipLostException.class);
    }
  }

  @Test
  void itIsNoticedWithoutAUnitToo() throws Exception {
    try (WatchedOwnership owner = watched(source())) {
      anew();

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThatThrownBy(owner::requireSameInput)
                      .isInstanceOf(OwnershipLostException.class));
    }
  }

  @Test
  void aPartitionThatIsAddedOrATopicThatIsGoneIsNoOtherTopic() throws Exception {
    try (WatchedOwnership owner = watched(source())) {
      admin
          .createPartitions(Map.of(examples, NewPartitions.increaseTo(3)))
          .all()
          .get(30, TimeUnit.SECONDS);
      owner.verifySameInput();

      delete();
      owner.verifySameInput();
      assertThat(problems.all())
          .extracting(OpenProblem::place)
          .containsExactlyInAnyOrder("topic:" + examples, "topic:not-there");
    }
    assertThat(problems.all()).isEmpty();
  }

  private WatchedOwnership watched(InputSource source) {
    return new WatchedOwnership(
        new Unwatched(), source, TestBroker.client(), Set.of(examples, "not-there"), problems);
  }

  private KafkaInputSource source() throws Exception {
    return KafkaInputSource.of(admin, TestBroker.client(), List.of(examples, "not-there"));
  }

  /** The topic's new id. */
  private String anew() throws Exception {
    delete();
    admin
        .createTopics(List.of(new NewTopic(examples, Optional.of(2), Optional.empty())))
        .all()
        .get(30, TimeUnit.SECONDS);
    await()
        .atMost(SOON)
        .until(() -> KafkaInputSource.ids(admin, List.of(examples)).containsKey(examples));
    return KafkaInputSource.ids(admin, List.of(examples)).get(examples);
  }

  private void delete() throws Exception {
    admin.deleteTopics(List.of(examples)).all().get(30, TimeUnit.SECONDS);
    await().atMost(SOON).until(() -> KafkaInputSource.ids(admin, List.of(examples)).isEmpty());
  }

  /** Record N is of second N. */
  private static void send(String topic, int records) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < records; i++) {
        TestBroker.send(
            producer,
            new ProducerRecord<>(topic, 0, 1_000L * i, null, ("record " + i).getBytes(UTF_8)));
      }
    }
  }
}
