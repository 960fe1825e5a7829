package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.serving.replica.VersionListener;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.RollBacks;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OneAtATime
class VersionsFollowerIT {

  private static final Duration WITHIN = Duration.ofSeconds(60);

  private final String topic = TestBroker.topic("versions", 3);
  private final OpenProblems problems = new OpenProblems();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final VersionsFollower follower = follower("default");

  @AfterEach
  void stop() {
    follower.stop();
  }

  @Test
  void allPartitionsAreReadFromTheBeginningButOnlyWhatIsCommittedReadableAndOfTheModel() {
    // Given versions on every partition, those of another model, a roll-back, an aborted
    // transaction and a record that is no event
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 0, "default", VersionEvent.json(Versions.version(1)));
      send(producer, 1, "default", VersionEvent.json(Versions.version(2)));
      send(producer, 1, "other", VersionEvent.json(Versions.version(8)));
      send(producer, 2, "default", "{\"specversion\": \"1.0\", \"type\": 3");
      send(producer, 2, "default", VersionEvent.json(Versions.version(3)));
      send(producer, 2, "default", rolledBack().json());
    }
    try (Producer<byte[], byte[]> producer = transactional()) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, 0, "default", VersionEvent.json(Versions.version(9)));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, 0, "default", VersionEvent.json(Versions.version(4)));
      producer.commitTransaction();
    }

    await().atMost(WITHIN).until(() -> TestBroker.records(topic).size() == 7); // committed all over

    // When
    follower.start();

    // Then it is told of all before it is told that this is all
    await().atMost(WITHIN).until(() -> told.contains("caught up"));
    assertThat(told.subList(0, told.indexOf("caught up")))
        .containsExactlyInAnyOrder("1", "2", "3", "4", "back to 1")
        .containsSubsequence("3", "back to 1");
    assertThat(follower.problem()).isEmpty();

    // And of what comes later, once more
    told.clear();
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 1, "default", VersionEvent.json(Versions.version(5)));
    }
    await().atMost(WITHIN).until(() -> told.contains("5"));
    await().atMost(WITHIN).until(() -> told.lastIndexOf("caught up") > told.indexOf("5"));
  }

  @Test
  void versionsThatTheTopicHasLostAreAProblemUntilOneIsAnnouncedAgain() throws Exception {
    // Given a topic whose retention took the only version
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 0, "default", VersionEvent.json(Versions.version(1)));
    }
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(1)))
          .all()
          .get();
    }

    // When
    follower.start();

    // Then
    await().atMost(WITHIN).until(() -> told.contains("caught up"));
    assertThat(problems.gravest())
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.outlook()).isEqualTo(Outlook.WAITS_FOR_OPERATOR);
              assertThat(problem.cause()).contains(topic, "no version of model default");
              assertThat(problem.remedy()).contains("retention.ms");
            });

    // And when it is announced again
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 0, "default", VersionEvent.json(Versions.version(1)));
    }

    // Then
    await().atMost(WITHIN).until(() -> problems.all().isEmpty());
    assertThat(told).contains("1");
  }

  @Test
  void twoFollowersReadAllAsTheyShareNoGroup() {
    // Given
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 0, "default", VersionEvent.json(Versions.version(1)));
      send(producer, 2, "other", VersionEvent.json(Versions.version(2)));
    }
    VersionsFollower other = follower("other");

    // When
    follower.start();
    other.start();

    // Then
    try {
      await().atMost(WITHIN).until(() -> told.containsAll(List.of("1", "2")));
    } finally {
      other.stop();
    }
  }

  @Test
  void partitionsThatAreAddedLaterAreReadTooFromTheirBeginning() throws Exception {
    // Given
    follower.start();
    await().atMost(WITHIN).until(() -> told.contains("caught up"));

    // When
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
    }
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, 4, "default", VersionEvent.json(Versions.version(6)));
    }

    // Then
    await().atMost(WITHIN).until(() -> told.contains("6"));
  }

  @Test
  void aTopicThatIsMissingIsAProblemThatNamesIt() {
    VersionsFollower lost =
        new VersionsFollower(
            TestBroker.client(),
            "no-such-topic",
            "default",
            true,
            new OpenProblems(),
            new Listener(told));
    lost.start();

    try {
      await()
          .atMost(WITHIN)
          .until(
              () ->
                  lost.problem()
                      .equals(Optional.of("topic no-such-topic cannot be read: it is not there")));
    } finally {
      lost.stop();
    }
  }

  private VersionsFollower follower(String model) {
    return new VersionsFollower(
        TestBroker.client(), topic, model, true, problems, new Listener(told));
  }

  private void send(Producer<byte[], byte[]> producer, int partition, String model, String event) {
    var unused =
        producer.send(
            new ProducerRecord<>(topic, partition, model.getBytes(UTF_8), event.getBytes(UTF_8)));
    producer.flush();
  }

  private Producer<byte[], byte[]> transactional() {
    Map<String, Object> settings = new HashMap<>(TestBroker.client());
    settings.put("transactional.id", topic);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static RolledBack rolledBack() {
    return RollBacks.to(1).from(3).build();
  }

  private record Listener(List<String> told) implements VersionListener {
    @Override
    public void published(ModelVersion version) {
      told.add(Long.toString(version.version()));
    }

    @Override
    public void rolledBack(RolledBack rollBack) {
      told.add("back to " + rollBack.version());
    }

    @Override
    public boolean caughtUp() {
      told.add("caught up");
      return told.stream().anyMatch(line -> line.matches("\\d+"));
    }
  }
}
