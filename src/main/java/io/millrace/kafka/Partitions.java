package io.millrace.kafka;

import io.millrace.example.Partition;
import org.apache.kafka.common.TopicPartition;

/** Partitions as Kafka's client has them, both ways. */
public final class Partitions {

  private Partitions() {}

  public static Partition of(TopicPartition partition) {
    return new Partition(partition.topic(), partition.partition());
  }

  public static TopicPartition kafkas(Partition partition) {
    return new TopicPartition(partition.topic(), partition.number());
  }
}
