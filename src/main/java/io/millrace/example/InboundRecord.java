package io.millrace.example;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A record as the broker delivered it, nothing decoded: what a dead letter must be able to forward
 * unchanged. The arrays are not copied; nobody writes to them.
 *
 * @param position its coordinates
 * @param key the key's bytes, or null
 * @param value the value's bytes, or null (a retraction)
 * @param headers the headers in their order
 * @param timestampMillis the record's timestamp, epoch milliseconds (send time, not event time); 0
 *     or less where it has none
 */
@SuppressWarnings(
    "ArrayRecordComponent") // bytes pass through untouched, no equality is asked of it
public record InboundRecord(
    RecordPosition position, byte[] key, byte[] value, List<Header> headers, long timestampMillis) {

  public InboundRecord {
    Objects.requireNonNull(position, "position");
    headers = List.copyOf(headers);
  }

  /** When it was sent; empty where the record does not tell, or tells a year beyond 9999. */
  public Optional<Instant> sentAt() {
    return Optional.of(Instant.ofEpochMilli(timestampMillis)).filter(EventTimes::isPossible);
  }

  /** Bytes of key, value and headers, at most. */
  public long size() {
    return length(key) + length(value) + Header.size(headers);
  }

  private static long length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /**
   * One header.
   *
   * @param name its name
   * @param value its bytes, or null
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Header(String name, byte[] value) {

    /** The most that UTF-8 needs for a character of a name. */
    private static final int BYTES_A_CHARACTER = 4;

    /** Of both lengths, variable by Kafka's format. */
    private static final int LENGTHS = 10;

    /** Bytes of them on the wire, at most. */
    public static long size(List<Header> headers) {
      return headers.stream()
          .mapToLong(
              header ->
                  (long) BYTES_A_CHARACTER * header.name().length()
                      + length(header.value())
                      + LENGTHS)
          .sum();
    }
  }
}
