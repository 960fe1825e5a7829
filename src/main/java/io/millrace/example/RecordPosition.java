package io.millrace.example;

import java.util.Objects;

/**
 * Where a record stands in its log: the coordinates that every error message and every lineage
 * names.
 *
 * @param topic the topic's name
 * @param partition the partition, from 0
 * @param offset the record's offset in that partition, from 0
 */
public record RecordPosition(String topic, int partition, long offset) {

  public RecordPosition {
    Objects.requireNonNull(topic, "topic");
    if (partition < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "partition and offset start at 0: " + topic + "-" + partition + "@" + offset);
    }
  }

  /** The partition that it stands in. */
  public Partition inPartition() {
    return new Partition(topic, partition);
  }

  /** The form used in logs, headers and generated ids: {@code topic-partition@offset}. */
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
