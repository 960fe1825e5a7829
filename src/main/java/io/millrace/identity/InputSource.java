package io.millrace.identity;

import io.millrace.example.Partition;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What a broker says of the topics that a model reads. Asked on a thread that may block. */
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
        public Map<Partition, Range> ranges() {
          return Map.of();
        }

        @Override
        public Map<Partition, Long> offsets(String topic, From from) {
          return Map.of();
        }

        @Override
        public OptionalLong timeOf(Partition partition, long offset) {
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
  Map<Partition, Range> ranges();

  /** Where reading of each partition of a topic begins. */
  Map<Partition, Long> offsets(String topic, From from) throws InterruptedException;

  /**
   * The timestamp of the record at exactly this offset, in milliseconds; empty where there is none
   * or it cannot be read.
   */
  OptionalLong timeOf(Partition partition, long offset) throws InterruptedException;

  /**
   * A half-open range of offsets.
   *
   * @param start the first offset that is left
   * @param end the offset after the last record
   */
  record Range(long start, long end) {}
}
