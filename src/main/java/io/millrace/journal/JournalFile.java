package io.millrace.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.checkpoint.UnitId;
import io.millrace.publication.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One term's file as it was read: a line each for where the term began and for its entries, each
 * with a checksum in front.
 *
 * @param head its first line
 * @param entries its entries, up to the first line that is damaged
 * @param damage what is wrong with it, naming file and line; a last line without its end is not, it
 *     was cut off by a crash before its step began
 */
record JournalFile(Head head, List<JournalEntry> entries, Optional<String> damage) {

  private static final int CHECKSUM = 8;

  JournalFile {
    entries = List.copyOf(entries);
  }

  /**
   * Where a term began.
   *
   * @param format version of the layout, 1
   * @param term the owner's
   * @param unit the unit that it went on from, as text; empty for the base
   * @param at where that stands
   */
  record Head(int format, long term, Optional<String> unit, JournalPosition at) {

    static final int FORMAT = 1;

    Optional<UnitId> from() {
      return unit.flatMap(UnitId::parse);
    }
  }

  /** Empty where not even the first line is whole. */
  static Optional<JournalFile> read(Path file) throws IOException {
    String text = Files.readString(file, ISO_8859_1); // byte for byte: any damage can be read
    String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n");
    Optional<Head> head = parse(lines[0], Head.class);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    if (head.get().format() > Head.FORMAT) {
      throw new IOException(
          "journal %s has format %d, this release reads up to %d: start a newer release"
              .formatted(file, head.get().format(), Head.FORMAT));
    }
    List<JournalEntry> entries = new ArrayList<>();
    for (int line = 1; line < lines.length; line++) {
      Optional<JournalEntry> entry = parse(lines[line], JournalEntry.class);
      if (entry.isEmpty()) {
        return Optional.of(
            new JournalFile(
                head.get(),
                entries,
                Optional.of("journal %s is damaged in line %d".formatted(file, line + 1))));
      }
      entries.add(entry.get());
    }
    return Optional.of(new JournalFile(head.get(), entries, Optional.empty()));
  }

  /** A line, its end included. */
  static byte[] line(Object value) {
    try {
      byte[] json = Json.MAPPER.writeValueAsBytes(value);
      return (checksum(json) + new String(json, UTF_8) + "\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an entry has no JSON form", e);
    }
  }

  private static <T> Optional<T> parse(String line, Class<T> type) {
    byte[] bytes = line.getBytes(ISO_8859_1);
    if (bytes.length <= CHECKSUM) {
      return Optional.empty();
    }
    byte[] json = Arrays.copyOfRange(bytes, CHECKSUM, bytes.length);
    if (!line.startsWith(checksum(json))) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(Json.MAPPER.readValue(json, type));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static String checksum(byte[] json) {
    CRC32C crc = new CRC32C();
    crc.update(json);
    return "%08x".formatted(crc.getValue());
  }
}
