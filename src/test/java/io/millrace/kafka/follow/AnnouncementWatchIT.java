package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.CommandPositions;
import io.millrace.control.CommandReceiver;
import io.millrace.example.Partition;
import io.millrace.problem.OpenProblems;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@OneAtATime
class AnnouncementWatchIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private final String topic = TestBroker.topic("versions", 1);
  private final ModelVersion current = Versions.version(2);
  private final Owner owner = new Owner();

  @Test
  void theCurrentVersionIsAnnouncedAgainOnceTheTopicNoLongerHoldsIt() throws Exception {
    // Given a topic that holds it
    send(VersionEvent.json(Versions.version(1)));
    send(VersionEvent.json(current));
    AnnouncementWatch watch =
        new AnnouncementWatch(
            TestBroker.client(),
            topic,
            current.model(),
            true,
            new OpenProblems(),
            () -> Optional.of(current),
            owner,
            LOOK_AGAIN);
    watch.start();
    try {
      await().atMost(SOON).until(() -> owner.asked > 2);
      assertThat(owner.told).isEmpty();

      // When retention takes it
      try (Admin admin = Admin.create(TestBroker.client())) {
        admin
            .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
            .all()
            .get();
      }

      // Then the owner is told, once
      await().atMost(SOON).until(() -> !owner.told.isEmpty());
      send(VersionEvent.repeated(current));
      int looks = owner.asked;
      await().atMost(SOON).until(() -> owner.asked > looks + 1);
      assertThat(owner.told).containsExactly(2L);
    } finally {
      watch.stop();
    }
  }

  @Test
  void aRepeatHasTheSameIdAndIsMarked() {
    String first = VersionEvent.json(current);
    String again = VersionEvent.repeated(current);

    assertThat(VersionEvent.parse(again)).isEqualTo(VersionEvent.parse(first));
    assertThat(again).isEqualTo(first.substring(0, first.length() - 1) + ",\"repeated\":true}");
  }

  private void send(String event) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new ProducerRecord<>(topic, current.model().getBytes(UTF_8), event.getBytes(UTF_8)));
    }
  }

  private static final class Owner implements CommandReceiver {

    private final List<Long> told = new CopyOnWriteArrayList<>();
    private volatile int asked;

    @Override
    public OptionalLong term() {
      asked++;
      return OptionalLong.of(1);
    }

    @Override
    public CommandPositions commandPositions() {
      return CommandPositions.START;
    }

    @Override
    public void commandsBegin(long term, CommandPositions at) {}

    @Override
    public void unannounced(ModelVersion version) {
      told.add(version.version());
    }

    @Override
    public void command(long term, Partition partition, long offset, byte[] value) {}
  }
}
