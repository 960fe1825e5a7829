package io.millrace.kafka;

import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.Ledger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** Reads what the broker knows of a model's past, once nobody can add to it any more. */
final class LedgerReader {

  private final Admin admin;
  private final VersionsTail versions;

  /**
   * @param admin not closed
   * @param client properties that lead to the broker
   * @param answerWithin longest wait for a version
   */
  LedgerReader(Admin admin, Map<String, Object> client, Duration answerWithin) {
    this.admin = admin;
    this.versions = new VersionsTail(client, answerWithin);
  }

  /**
   * @param group the input's consumer group
   * @param started the owner's trainer-started event: versions are looked for in front of it
   */
  Ledger read(String group, String model, RecordMetadata started)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin
            .listConsumerGroupOffsets(
                group, new ListConsumerGroupOffsetsOptions().requireStable(true))
            .partitionsToOffsetAndMetadata()
            .get();
    return new Ledger(
        unit(offsets),
        positions(offsets),
        versions.last(
            new TopicPartition(started.topic(), started.partition()), model, started.offset()));
  }

  private static Optional<String> unit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    return Ledger.newest(
        offsets.values().stream()
            .filter(offset -> offset != null && !offset.metadata().isEmpty())
            .map(OffsetAndMetadata::metadata)
            .toList());
  }

  private static InputPositions positions(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<String, Long> positions = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null) {
            positions.put(
                InputPositions.key(partition.topic(), partition.partition()), offset.offset());
          }
        });
    return new InputPositions(positions);
  }
}
