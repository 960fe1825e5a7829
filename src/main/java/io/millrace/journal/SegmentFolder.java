package io.millrace.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The segments in a folder. A listing tells where each begins; nothing else is kept of them. */
final class SegmentFolder {

  private static final Logger LOG = Logger.getLogger(SegmentFolder.class);

  private final Path root;
  private final LongAdder bytesRead;

  /**
   * @param bytesRead adds up what is read
   */
  SegmentFolder(Path root, LongAdder bytesRead) {
    this.root = root;
    this.bytesRead = bytesRead;
  }

  /** All, by term and in their order. */
  List<Segment> all() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(Segment::of).flatMap(Optional::stream).sorted(Segment.ORDER).toList();
    }
  }

  OptionalLong newestTerm() throws IOException {
    return all().stream().mapToLong(Segment::term).max();
  }

  /** A term's; empty where there is none, or the first that is there is damaged at its head. */
  Optional<TermFiles> of(long term) throws IOException {
    List<Segment> segments = all().stream().filter(segment -> segment.term() == term).toList();
    if (segments.isEmpty()) {
      return Optional.empty();
    }
    Optional<SegmentHead> head = segments.get(0).head(bytesRead);
    if (head.isEmpty()) {
      LOG.errorf(
          "journal %s is damaged in line 1: what was trained after it is not repeated as it was",
          segments.get(0).file());
    }
    return head.map(whole -> new TermFiles(segments, whole));
  }
}
