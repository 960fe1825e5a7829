package io.millrace.example;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The next offset to read of every input partition. Immutable.
 *
 * @param next next offset by partition
 */
public record InputPositions(Map<Partition, Long> next) {

  public static final InputPositions START = new InputPositions(Map.of());

  public InputPositions {
    next = Map.copyOf(next);
  }

  /** The next offset of a partition, empty where nothing of it was read yet. */
  public OptionalLong of(String topic, int partition) {
    Long offset = next.get(new Partition(topic, partition));
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** These positions after one more record. */
  public InputPositions after(RecordPosition read) {
    return with(read.inPartition(), read.offset() + 1);
  }

  /** These positions with another next offset of one partition. */
  public InputPositions with(Partition partition, long offset) {
    Map<Partition, Long> moved = new HashMap<>(next);
    moved.put(partition, offset);
    return new InputPositions(moved);
  }

  /** The further of both, in each partition. */
  InputPositions andUpTo(InputPositions other) {
    Map<Partition, Long> furthest = new HashMap<>(next);
    other.next.forEach((partition, offset) -> furthest.merge(partition, offset, Math::max));
    return new InputPositions(furthest);
  }
}
