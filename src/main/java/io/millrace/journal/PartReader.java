package io.millrace.journal;

import io.millrace.journal.StoredEntries.Part;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Reads the entries of one segment that count. One thread. */
final class PartReader {

  private final Part part;
  private final LineReader lines;
  private final Optional<SegmentHead> head;
  private Optional<String> damage = Optional.empty();
  private long end;

  PartReader(Part part, LongAdder bytesRead) throws IOException {
    this.part = part;
    this.lines = new LineReader(part.segment().file(), part.bytes(), bytesRead);
    byte[] first = lines.read();
    this.head = first == null ? Optional.empty() : JournalLine.parse(first, SegmentHead.class);
    this.end = lines.end();
    if (head.isEmpty()) {
      damage = Optional.of("journal %s is damaged in line 1".formatted(part.segment().file()));
    }
  }

  /** What is wrong so far, naming file and line. */
  Optional<String> damage() {
    return damage;
  }

  /**
   * What is wrong with how it follows another: one between them may be missing, or that one's end.
   *
   * @param previous the one read before it; empty for the first
   */
  Optional<String> damage(Optional<Part> previous) {
    Optional<SegmentHead.Before> before = head.flatMap(SegmentHead::before);
    if (damage.isEmpty()
        && previous.isPresent()
        && previous.get().segment().term() == part.segment().term()
        && before.isPresent()) {
      Part other = previous.get();
      JournalPosition from = other.segment().named().orElse(head.get().at());
      if (!before.get().from().equals(from)) {
        damage =
            Optional.of(
                "journal %s is not followed by %s: what lies between is missing"
                    .formatted(other.segment().file(), part.segment().file()));
      } else if (before.get().bytes() != other.bytes()) {
        damage =
            Optional.of(
                "journal %s has %d bytes, %d were written"
                    .formatted(other.segment().file(), other.bytes(), before.get().bytes()));
      }
    }
    return damage;
  }

  /** Bytes up to the end of the last whole line. */
  long end() {
    return end;
  }

  /** The next entry that counts; empty after the last one, or at the first damage. */
  Optional<JournalEntry> next() throws IOException {
    while (damage.isEmpty()) {
      byte[] line = lines.read();
      if (line == null) {
        return Optional.empty();
      }
      boolean isPassed =
          JournalLine.isWhole(line)
              && JournalLine.position(line).filter(at -> !part.counts(at)).isPresent();
      Optional<JournalEntry> entry =
          isPassed ? Optional.empty() : JournalLine.parse(line, JournalEntry.class);
      if (!isPassed && entry.isEmpty()) {
        damage =
            Optional.of(
                "journal %s is damaged in line %d".formatted(part.segment().file(), lines.line()));
        return Optional.empty();
      }
      end = lines.end();
      if (entry.isPresent() && part.counts(entry.get().at())) {
        return entry;
      }
    }
    return Optional.empty();
  }
}
