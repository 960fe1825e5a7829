package io.millrace.example;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;

/**
 * A partition of a topic. In JSON, in logs and in order it is its name, {@code topic-number}, which
 * is how Kafka writes it.
 *
 * @param topic the topic's name, which may hold dashes itself
 * @param number from 0
 */
public record Partition(String topic, int number) implements Comparable<Partition> {

  public Partition {
    Objects.requireNonNull(topic, "topic");
    if (number < 0) {
      throw new IllegalArgumentException("partitions count from 0: %s-%d".formatted(topic, number));
    }
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException where it is none
   */
  @JsonCreator
  public static Partition parse(String name) {
    int dash = name.lastIndexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("\"" + name + "\" is no partition: topic-number");
    }
    try {
      return new Partition(
          name.substring(0, dash), Integer.parseInt(name, dash + 1, name.length(), 10));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + name + "\" is no partition: topic-number", e);
    }
  }

  @Override
  public int compareTo(Partition other) {
    return toString().compareTo(other.toString());
  }

  @Override
  @JsonValue
  public String toString() {
    return topic + "-" + number;
  }
}
