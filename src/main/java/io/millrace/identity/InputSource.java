package io.millrace.identity;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a broker says of the topics that a model reads. Partitions are written {@code
 * topic-partition}. Asked on a thread that may block.
 */
public interface InputSource {

  /** One that tells nothing. */
  InputSource UNKNOWN =
      new InputSource() {
        @Override
        public Optional<String> cluster() {
          return Optional.empty();
        }

        @Override
        public Map<String, String> topicIds() {
          return Map.of();
        }

        @Override
        public Set<String> topics() {
          return Set.of();
        }

        @Override
        public Map<String, Range> ranges() {
          return Map.of();
        }

        @Override
        public Map<String, Long> offsets(String topic, From from) {
          return Map.of();
        }

        @Override
        public OptionalLong timeOf(String partition, long offset) {
          return OptionalLong.empty();
        }
      };

  /** The cluster's id; empty where it tells none. */
  Optional<String> cluster();

  /** Ids of the topics; those without one are missing. */
  Map<String, String> topicIds();

  /** The topics that it told about. */
  Set<String> topics();

  /** What the log of each of their partitions holds. */
  Map<String, Range> ranges();

  /** Where reading of each partition of a topic begins. */
  Map<String, Long> offsets(String topic, From from) throws InterruptedException;

  /**
   * The timestamp of the record at exactly this offset, in milliseconds; empty where there is none
   * or it cannot be read.
   */
  OptionalLong timeOf(String partition, long offset) throws InterruptedException;

  /**
   * A half-open range of offsets.
   *
   * @param start the first offset that is left
   * @param end the offset after the last record
   */
  record Range(long start, long end) {}

  /** The topic of a partition's name; it may hold dashes itself. */
  static String topicOf(String partition) {
    return partition.substring(0, partition.lastIndexOf('-'));
  }
}
