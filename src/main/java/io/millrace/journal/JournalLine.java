package io.millrace.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.storage.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A line of a segment: a checksum of eight hexadecimal digits, JSON, and the line's end. */
final class JournalLine {

  private static final int CHECKSUM = 8;

  private JournalLine() {}

  /** A line, its end included. */
  static byte[] of(Object value) {
    try {
      byte[] json = Json.MAPPER.writeValueAsBytes(value);
      byte[] line = Arrays.copyOf(checksum(json), CHECKSUM + json.length + 1);
      System.arraycopy(json, 0, line, CHECKSUM, json.length);
      line[line.length - 1] = '\n';
      return line;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an entry has no JSON form", e);
    }
  }

  /** Whether a line without its end is as it was written. */
  static boolean isWhole(byte[] line) {
    if (line.length <= CHECKSUM) {
      return false;
    }
    byte[] json = Arrays.copyOfRange(line, CHECKSUM, line.length);
    return Arrays.equals(line, 0, CHECKSUM, checksum(json), 0, CHECKSUM);
  }

  /**
   * What a line holds; empty where it is damaged.
   *
   * @param line without its end
   */
  static <T> Optional<T> parse(byte[] line, Class<T> type) {
    if (!isWhole(line)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          Json.MAPPER.readValue(line, CHECKSUM, line.length - CHECKSUM, type));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Where an entry stands, without reading the rest of it: most lines are only passed on the way to
   * others. Empty where it is not written as this release writes it.
   */
  static Optional<JournalPosition> position(byte[] line) {
    String start = new String(line, CHECKSUM, Math.min(line.length - CHECKSUM, 100), ISO_8859_1);
    int at = start.indexOf("\"at\":{\"chunks\":");
    int comma = start.indexOf(",\"idleSteps\":", at + 1);
    int end = start.indexOf('}', comma + 1);
    if (at < 0 || comma < 0 || end < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new JournalPosition(
              Long.parseLong(start.substring(at + "\"at\":{\"chunks\":".length(), comma)),
              Long.parseLong(start.substring(comma + ",\"idleSteps\":".length(), end))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static byte[] checksum(byte[] json) {
    CRC32C crc = new CRC32C();
    crc.update(json);
    return "%08x".formatted(crc.getValue()).getBytes(US_ASCII);
  }
}
