package io.millrace.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.RecordPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a record of the retry topic says of itself.
 *
 * @param origin where it stood in the producers' topic, however often it was sent back since
 * @param of where the record stood that was refused: the origin, or an earlier try
 * @param letter the dead letter
 * @param checkedTo next offset of the origin's partition up to which no later record is about it
 * @param sentAtMillis when the producer had sent it, epoch milliseconds
 */
public record Retried(
    RecordPosition origin,
    RecordPosition of,
    String letter,
    OptionalLong checkedTo,
    OptionalLong sentAtMillis) {

  public static final String ORIGIN = "millrace-origin";
  public static final String OF = "millrace-retry-of";
  public static final String LETTER = "millrace-replayed-from";
  public static final String CHECKED_TO = "millrace-checked-to";
  public static final String SENT_AT = "millrace-sent-at";

  /** What such a record has on top of its own headers. */
  public static final Set<String> HEADERS = Set.of(ORIGIN, OF, LETTER, CHECKED_TO, SENT_AT);

  private static final Pattern POSITION = Pattern.compile("(.+)-(\\d{1,9})@(\\d{1,18})");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  /** Reads the headers; empty where they do not say where it came from. */
  public static Optional<Retried> of(InboundRecord record) {
    Optional<RecordPosition> origin = text(record, ORIGIN).flatMap(Retried::position);
    return origin.map(
        where ->
            new Retried(
                where,
                text(record, OF).flatMap(Retried::position).orElse(where),
                text(record, LETTER).orElse(""),
                number(record, CHECKED_TO),
                number(record, SENT_AT)));
  }

  /** These as headers. */
  public List<Header> headers() {
    List<Header> headers = new ArrayList<>();
    headers.add(header(ORIGIN, origin.toString()));
    headers.add(header(OF, of.toString()));
    headers.add(header(LETTER, letter));
    checkedTo.ifPresent(offset -> headers.add(header(CHECKED_TO, Long.toString(offset))));
    sentAtMillis.ifPresent(millis -> headers.add(header(SENT_AT, Long.toString(millis))));
    return headers;
  }

  /** The record with the time at which its producer had sent it. */
  public InboundRecord sentThen(InboundRecord record) {
    return at(record, record.position());
  }

  /** The record as if it stood where it came from. */
  public InboundRecord atOrigin(InboundRecord record) {
    return at(record, origin);
  }

  private InboundRecord at(InboundRecord record, RecordPosition position) {
    return new InboundRecord(
        position,
        record.key(),
        record.value(),
        record.headers(),
        sentAtMillis.orElse(record.timestampMillis()));
  }

  private static Header header(String name, String value) {
    return new Header(name, value.getBytes(UTF_8));
  }

  /** Of two headers of one name the last counts: ours are added after the record's own. */
  private static Optional<String> text(InboundRecord record, String name) {
    return record.headers().stream()
        .filter(header -> header.name().equals(name) && header.value() != null)
        .reduce((first, second) -> second)
        .map(header -> new String(header.value(), UTF_8));
  }

  private static OptionalLong number(InboundRecord record, String name) {
    Optional<String> text = text(record, name).filter(value -> NUMBER.matcher(value).matches());
    return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
  }

  private static Optional<RecordPosition> position(String text) {
    Matcher parts = POSITION.matcher(text);
    return parts.matches()
        ? Optional.of(
            new RecordPosition(
                parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3))))
        : Optional.empty();
  }
}
