package io.millrace.stray;

import io.millrace.example.Amendment;
import io.millrace.example.RecordPosition;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Notices corrections and retractions whose example is in another partition. The problem stays open
 * for an hour after the last one. Thread-safe.
 *
 * <p>It sees ids that this process has read, the most recent 131,072 or so; not those of before a
 * restart, and nothing of a retraction whose example it has forgotten.
 */
@ApplicationScoped
public class StrayAmendments {

  static final Duration OPEN_FOR = Duration.ofHours(1);

  /** One megabyte. */
  private static final int REMEMBERED = 1 << 17;

  private final IdPartitions partitions = new IdPartitions(REMEMBERED);
  private final Map<Amendment.Kind, Long> counts = new EnumMap<>(Amendment.Kind.class);
  private final Map<String, Instant> lastByTopic = new HashMap<>();
  private final OpenProblems problems;
  private final InstantSource clock;

  @Inject
  public StrayAmendments(OpenProblems problems) {
    this(problems, InstantSource.system());
  }

  StrayAmendments(OpenProblems problems, InstantSource clock) {
    this.problems = problems;
    this.clock = clock;
  }

  /** A record with an id arrived, or one that retracts an id; each record once, in order. */
  public synchronized void arrived(Amendment amendment) {
    RecordPosition position = amendment.position();
    OptionalInt before = partitions.seen(position.topic(), amendment.id(), position.partition());
    if (before.isPresent() && before.getAsInt() != (position.partition() & 0xFFFF)) {
      counts.merge(amendment.kind(), 1L, Long::sum);
      if (lastByTopic.put(position.topic(), clock.instant()) == null) {
        report(amendment, before.getAsInt());
      }
    }
    lastByTopic
        .entrySet()
        .removeIf(
            last -> {
              boolean over = last.getValue().plus(OPEN_FOR).isBefore(clock.instant());
              if (over) {
                problems.resolve(place(last.getKey()));
              }
              return over;
            });
  }

  /** How many of a kind were noticed since the start of the process. */
  public synchronized long count(Amendment.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** The first of a series; an id may be personal data, so the position stands for it. */
  private void report(Amendment amendment, int before) {
    RecordPosition position = amendment.position();
    problems.report(
        place(position.topic()),
        Outlook.WAITS_FOR_OPERATOR,
        "record %s %s an id that was last seen in partition %d of %s: %s. The meter millrace_stray_amendments_total counts them"
            .formatted(
                position,
                amendment.kind() == Amendment.Kind.RETRACTED ? "retracts" : "has",
                before,
                position.topic(),
                amendment.kind() == Amendment.Kind.RETRACTED
                    ? "it takes nothing back there"
                    : "it does not correct what is there, both are trained on"),
        "Key the records by their id, so that all of one id are in one partition; after partitions were added, send what corrects or retracts older examples to the partition that they are in");
  }

  private static String place(String topic) {
    return "ids:" + topic;
  }
}
