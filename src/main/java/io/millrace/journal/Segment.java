package io.millrace.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a term's journal. Its name says where it begins, so a listing of the folder is the
 * index: {@code TERM.jsonl} is the term's first, {@code TERM-CHUNKS-IDLE.jsonl} a later one.
 *
 * @param file where it is
 * @param term the owner's
 * @param named where it begins; empty for a term's first, whose head says so
 */
record Segment(Path file, long term, Optional<JournalPosition> named) {

  private static final String FIRST = "%012d.jsonl";
  private static final String LATER = "%012d-%012d-%012d.jsonl";
  private static final Pattern NAME =
      Pattern.compile("(\\d{12,18})(?:-(\\d{12,18})-(\\d{12,18}))?\\.jsonl");

  /** By term, and in a term as written. */
  static final Comparator<Segment> ORDER =
      Comparator.comparingLong(Segment::term)
          .thenComparing(segment -> segment.named().isPresent())
          .thenComparingLong(segment -> segment.named().map(JournalPosition::chunks).orElse(0L))
          .thenComparingLong(segment -> segment.named().map(JournalPosition::idleSteps).orElse(0L));

  static Segment first(Path folder, long term) {
    return new Segment(folder.resolve(FIRST.formatted(term)), term, Optional.empty());
  }

  /** The next of the same term. */
  Segment next(JournalPosition from) {
    return new Segment(
        file.resolveSibling(LATER.formatted(term, from.chunks(), from.idleSteps())),
        term,
        Optional.of(from));
  }

  /** Empty where the file is no segment. */
  static Optional<Segment> of(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Segment(
            file,
            Long.parseLong(name.group(1)),
            Optional.ofNullable(name.group(2))
                .map(
                    chunks ->
                        new JournalPosition(
                            Long.parseLong(chunks), Long.parseLong(name.group(3))))));
  }

  long size() throws IOException {
    return Files.size(file);
  }

  /**
   * Its first line; empty where that is damaged.
   *
   * @param bytesRead adds up what is read
   * @throws IOException where a newer release wrote it
   */
  Optional<SegmentHead> head(LongAdder bytesRead) throws IOException {
    byte[] line = new LineReader(file, size(), bytesRead).read();
    Optional<SegmentHead> head =
        line == null ? Optional.empty() : JournalLine.parse(line, SegmentHead.class);
    if (head.isPresent() && head.get().format() > SegmentHead.FORMAT) {
      throw new IOException(
          "journal %s has format %d, this release reads up to %d: start a newer release"
              .formatted(file, head.get().format(), SegmentHead.FORMAT));
    }
    return head;
  }
}
