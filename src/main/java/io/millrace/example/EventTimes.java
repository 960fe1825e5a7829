package io.millrace.example;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which time stands for an example: the producer's, unless it cannot be one. What is possible is
 * told by the record's own timestamp and not by the clock, so that a replay decides alike.
 */
public final class EventTimes {

  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** Clocks of producers and brokers may differ by this much. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private EventTimes() {}

  /**
   * Decides.
   *
   * @param given by the producer
   * @param recordMillis the record's timestamp, epoch milliseconds; none where it is not after the
   *     first instant of 1970, or after the end of 9999
   */
  public static Timed of(Optional<Instant> given, long recordMillis) {
    Optional<Instant> sent =
        Optional.of(Instant.ofEpochMilli(recordMillis)).filter(EventTimes::isPossible);
    Instant last =
        sent.map(time -> time.plus(AHEAD)).filter(time -> time.isBefore(LAST)).orElse(LAST);
    if (given.filter(time -> !time.isBefore(FIRST) && !time.isAfter(last)).isPresent()) {
      return new Timed(given.get(), TimeSource.PRODUCER);
    }
    return new Timed(
        sent.orElse(FIRST), given.isPresent() ? TimeSource.REPLACED : TimeSource.RECORD);
  }

  /** Whether an event may have it: RFC 3339 has years of four digits. */
  static boolean isPossible(Instant time) {
    return time.isAfter(FIRST) && !time.isAfter(LAST); // 0 is what some clients send for none
  }

  /**
   * A time.
   *
   * @param at when it happened
   * @param source who says so
   */
  public record Timed(Instant at, TimeSource source) {}
}
