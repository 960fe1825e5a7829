package io.millrace.kafka.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

@OneAtATime
class SingleOwnerAssignorIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void oneOwnsAllAStandbyDisturbsNothingAndTakesOverWhenTheOwnerLeaves() {
    // Given an owner
    String topic = TestBroker.topic("owned", 3);
    Rebalances ownersRebalances = new Rebalances();
    try (Consumer<byte[], byte[]> standby = consumer(topic)) {
      try (Consumer<byte[], byte[]> owner = consumer(topic)) {
        owner.subscribe(List.of(topic), ownersRebalances);
        await().atMost(SOON).until(() -> poll(owner).size() == 3);

        // When another one joins
        standby.subscribe(List.of(topic));
        await()
            .atMost(SOON)
            .until(
                () -> {
                  poll(owner);
                  poll(standby);
                  return standby.groupMetadata().generationId() > 1
                      && owner.groupMetadata().generationId()
                          == standby.groupMetadata().generationId();
                });

        // Then
        assertThat(poll(standby)).isEmpty();
        assertThat(poll(owner)).hasSize(3);
        assertThat(ownersRebalances.assigned).hasSize(1);
        assertThat(ownersRebalances.revoked).isEmpty();
      }

      // And when the owner leaves, the standby has all
      await().atMost(SOON).until(() -> poll(standby).size() == 3);
    }
  }

  private static Collection<TopicPartition> poll(Consumer<byte[], byte[]> consumer) {
    consumer.poll(Duration.ofMillis(50));
    return consumer.assignment();
  }

  private static Consumer<byte[], byte[]> consumer(String topic) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            TestBroker.address(),
            "group.id",
            "owners-of-" + topic,
            "heartbeat.interval.ms",
            "200",
            "partition.assignment.strategy",
            SingleOwnerAssignor.class.getName()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Keeps what changed hands; a rebalance that moves nothing is not worth noting. */
  private static final class Rebalances implements ConsumerRebalanceListener {
    final List<Collection<TopicPartition>> assigned = new ArrayList<>();
    final List<Collection<TopicPartition>> revoked = new ArrayList<>();

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        assigned.add(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Leaving the group at the end revokes, too: only what happens before is of interest.
      if (!partitions.isEmpty()) {
        revoked.add(partitions);
      }
    }
  }
}
