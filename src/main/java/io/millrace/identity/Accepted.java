package io.millrace.identity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator accepts. Immutable.
 *
 * @param topics by {@code NAME=ID}
 * @param clusters by id, one at most
 * @param positions by {@code PARTITION=POSITION}
 * @param base {@code PART=SHA256}
 * @param seed the one to go on with
 */
public record Accepted(
    Map<String, From> topics,
    Map<String, From> clusters,
    Map<String, From> positions,
    Set<String> base,
    Optional<Long> seed) {

  private static final String PREFIX = "millrace.accept.";

  public static final Accepted NOTHING =
      new Accepted(Map.of(), Map.of(), Map.of(), Set.of(), Optional.empty());

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException naming the setting, its value and the form it must have
   */
  public static Accepted of(AcceptSettings settings) {
    Optional<Instant> time = settings.resumeAtTime();
    Map<String, From> topics = new HashMap<>();
    for (String value : trimmed(settings.newTopic())) {
      require(value.indexOf('=') > 0, "new-topic", value, "NAME=TOPIC-ID@beginning, or @end");
      topics.put(name(value), from("new-topic", value, time));
    }
    Map<String, From> clusters = new HashMap<>();
    settings
        .newCluster()
        .map(String::strip)
        .ifPresent(value -> clusters.put(name(value), from("new-cluster", value, time)));
    Map<String, From> positions = new HashMap<>();
    for (String value : trimmed(settings.outOfRange())) {
      require(
          value.matches(".+-\\d+=\\d+@.*"),
          "out-of-range",
          value,
          "PARTITION=POSITION@beginning, or @end");
      positions.put(name(value), from("out-of-range", value, Optional.empty()));
    }
    List<String> base = trimmed(settings.newBase());
    for (String value : base) {
      require(
          value.matches("(tokenizer|config)=[0-9a-f]{64}"),
          "new-base",
          value,
          "tokenizer=SHA256 or config=SHA256");
    }
    return new Accepted(topics, clusters, positions, Set.copyOf(base), settings.newSeed());
  }

  private static List<String> trimmed(Optional<List<String>> values) {
    List<String> trimmed = new ArrayList<>();
    values.orElse(List.of()).stream()
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .forEach(trimmed::add);
    return trimmed;
  }

  private static String name(String value) {
    return value.substring(0, value.contains("@") ? value.indexOf('@') : value.length());
  }

  private static From from(String setting, String value, Optional<Instant> time) {
    String where =
        value.contains("@") ? value.substring(value.indexOf('@') + 1).toLowerCase(Locale.ROOT) : "";
    if (where.isEmpty() && time.isPresent()) {
      return new From.Time(time.get());
    }
    require(
        where.equals("beginning") || where.equals("end"),
        setting,
        value,
        setting.equals("out-of-range")
            ? "say where to read on: add @beginning or @end"
            : "say where to read on: add @beginning or @end, or set millrace.accept.resume-at-time");
    return where.equals("beginning") ? new From.Beginning() : new From.End();
  }

  private static void require(boolean holds, String setting, String value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s%s = %s: must be %s"
              .formatted(PREFIX, setting, value, rule)
              .replace("must be say", "say"));
    }
  }
}
