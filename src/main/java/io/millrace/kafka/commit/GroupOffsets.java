package io.millrace.kafka.commit;

import io.millrace.commit.CommitRecord;
import io.millrace.commit.Ledger;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.kafka.Partitions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The offsets of the input's consumer group, with the checkpoints they were committed with. Brokers
 * drop them some time after the group is empty, and operators reset them.
 *
 * @param group its name
 * @param offsets as the broker has them, null where there is none
 */
record GroupOffsets(String group, Map<TopicPartition, OffsetAndMetadata> offsets) {

  /** The newest checkpoint that any offset was committed with; a reset leaves none. */
  Optional<String> unit() {
    return Ledger.newest(
        offsets.values().stream()
            .filter(offset -> offset != null && !offset.metadata().isEmpty())
            .map(OffsetAndMetadata::metadata)
            .toList());
  }

  InputPositions positions() {
    Map<Partition, Long> positions = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null) {
            positions.put(Partitions.of(partition), offset.offset());
          }
        });
    return new InputPositions(positions);
  }

  /**
   * What somebody should know: the offsets are not those that the last unit was committed with. It
   * names how to train on earlier records again, which is what a reset is usually meant for.
   */
  Optional<String> notice(CommitRecord last) {
    Map<Partition, Long> now = positions().next();
    if (now.equals(last.positions()) || last.positions().isEmpty()) {
      return Optional.empty();
    }
    if (last.positions().keySet().stream().noneMatch(now::containsKey)) {
      return Optional.of(
          "group %s has no offsets any more: they expired (offsets.retention.minutes of the broker, 7 days by default) or were deleted. The commit record of unit %s says what was sent, so nothing is sent again; reading goes on from the store, and the offsets are put back"
              .formatted(group, last.unit().orElse("none")));
    }
    Map<Partition, String> moved = new TreeMap<>();
    last.positions()
        .forEach(
            (partition, left) -> {
              Long found = now.get(partition);
              if (!left.equals(found)) {
                moved.put(partition, found == null ? "gone" : left + " to " + found);
              }
            });
    if (moved.isEmpty()) {
      return Optional.empty(); // others of the group, such as those of a topic read formerly
    }
    return Optional.of(
        "the offsets of group %s were changed by hand: %s. They do not decide where training goes on: the store does, and the offsets are put back. To train on earlier records again, roll back to a version with the data since replayed: POST /api/v1/control {\"id\": \"...\", \"command\": \"roll-back\", \"version\": N, \"data\": \"replay\"}"
            .formatted(group, moved));
  }
}
