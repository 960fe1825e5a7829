package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The next offset to read of every input partition. Immutable.
 *
 * @param next next offset by {@code topic-partition}
 */
public record InputPositions(Map<String, Long> next) {

  public static final InputPositions START = new InputPositions(Map.of());

  public InputPositions {
    next = Map.copyOf(next);
  }

  /** The next offset of a partition, empty where nothing of it was read yet. */
  public OptionalLong of(String topic, int partition) {
    Long offset = next.get(key(topic, partition));
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** These positions after one more record. */
  public InputPositions after(RecordPosition read) {
    return with(key(read.topic(), read.partition()), read.offset() + 1);
  }

  /** These positions with another next offset of one partition. */
  public InputPositions with(String partition, long offset) {
    Map<String, Long> moved = new TreeMap<>(next);
    moved.put(partition, offset);
    return new InputPositions(moved);
  }

  /** The further of both, in each partition. */
  InputPositions andUpTo(InputPositions other) {
    Map<String, Long> furthest = new TreeMap<>(next);
    other.next.forEach((partition, offset) -> furthest.merge(partition, offset, Math::max));
    return new InputPositions(furthest);
  }

  /** Shows every partition with its next offset. */
  public void forEach(Visitor visitor) {
    next.forEach((key, offset) -> visitor.visit(topic(key), partition(key), offset));
  }

  /** Kafka's own way to write a partition: {@code topic-partition}. */
  public static String key(String topic, int partition) {
    return topic + "-" + partition;
  }

  /** The topic of a key; its name may hold dashes itself. */
  public static String topic(String key) {
    return key.substring(0, key.lastIndexOf('-'));
  }

  /** The partition of a key. */
  public static int partition(String key) {
    return Integer.parseInt(key.substring(key.lastIndexOf('-') + 1));
  }

  /** Looks at one partition. */
  @FunctionalInterface
  public interface Visitor {
    void visit(String topic, int partition, long next);
  }
}
