package io.millrace.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.EventTimes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/** Reads the {@code timestamp} of an example. */
enum EventTime {

  /** The contract of the topics: ISO 8601 with a zone, or epoch milliseconds. */
  STRICT {
    @Override
    Optional<Instant> parse(JsonNode node) {
      try {
        if (node.isIntegralNumber()) {
          return Optional.of(ofAnySize(node));
        }
        if (node.isTextual()) {
          return Optional.of(OffsetDateTime.parse(node.textValue()).toInstant());
        }
      } catch (DateTimeException e) {
        // Falls through to the one answer below.
      }
      return Optional.empty();
    }

    /** One that no clock shows is for {@link EventTimes} to replace. */
    private Instant ofAnySize(JsonNode node) {
      if (node.canConvertToLong()) {
        return Instant.ofEpochMilli(node.longValue());
      }
      return node.bigIntegerValue().signum() < 0 ? Instant.MIN : Instant.MAX;
    }
  },

  /**
   * What exports have besides: a date, a time without a zone (then UTC), a blank instead of the T,
   * milliseconds with a fraction.
   */
  EXPORTED {
    @Override
    Optional<Instant> parse(JsonNode node) {
      if (node.isFloatingPointNumber() && Double.isFinite(node.doubleValue())) {
        return Optional.of(Instant.ofEpochMilli((long) node.doubleValue()));
      }
      return node.isTextual() ? local(node.textValue()) : STRICT.parse(node);
    }

    private Optional<Instant> local(String text) {
      try {
        TemporalAccessor time =
            LENIENT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
        if (time instanceof OffsetDateTime zoned) {
          return Optional.of(zoned.toInstant());
        }
        LocalDateTime utc =
            time instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) time;
        return Optional.of(utc.toInstant(ZoneOffset.UTC));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
  };

  private static final DateTimeFormatter LENIENT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[' ']")
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);

  /** Empty where it is none. */
  abstract Optional<Instant> parse(JsonNode node);
}
