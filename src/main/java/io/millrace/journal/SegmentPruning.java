package io.millrace.journal;

import io.millrace.journal.BatchJournal.Pruned;
import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * Removes the oldest segments. One after the other and the oldest first, so that a crash leaves a
 * journal that only begins later.
 */
final class SegmentPruning {

  private static final Logger LOG = Logger.getLogger(SegmentPruning.class);

  private final Path root;
  private final List<Segment> segments;
  private final LongAdder bytesRead;

  /**
   * @param segments in their order
   * @param bytesRead adds up what is read
   */
  SegmentPruning(Path root, List<Segment> segments, LongAdder bytesRead) {
    this.root = root;
    this.segments = segments;
    this.bytesRead = bytesRead;
  }

  Pruned prune(long owner, JournalPosition needed, long keepBytes) throws IOException {
    if (segments.stream().anyMatch(segment -> segment.term() > owner)) {
      return Pruned.NOTHING; // another owner has taken over: the journal is in its hands
    }
    DurableFolder.deleteLeftovers(root, owner);
    long left = 0;
    for (Segment segment : segments) {
      left += segment.size();
    }
    int removed = 0;
    long bytes = 0;
    for (int i = 0; i + 1 < segments.size(); i++) {
      Segment segment = segments.get(i);
      long size = segment.size();
      if (left - size < keepBytes || !isInFrontOf(needed, segment, segments.get(i + 1))) {
        break;
      }
      Files.delete(segment.file());
      left -= size;
      bytes += size;
      removed++;
    }
    if (removed > 0) {
      LOG.infof(
          "journal: %d segments (%.1f MB) before %s are removed, nothing that is kept needs them; %.1f MB stay",
          removed, bytes / 1e6, needed, left / 1e6);
    }
    return new Pruned(removed, bytes);
  }

  private boolean isInFrontOf(JournalPosition needed, Segment segment, Segment next)
      throws IOException {
    if (next.term() == segment.term()) {
      return needed.isAtOrBehind(next.named().orElseThrow());
    }
    Optional<JournalPosition> last = last(segment);
    return last.isPresent() && needed.isAtOrBehind(last.get()) && !needed.equals(last.get());
  }

  /** Where its last entry stands, or where it begins if it has none; empty where it is damaged. */
  private Optional<JournalPosition> last(Segment segment) throws IOException {
    LineReader lines = new LineReader(segment.file(), segment.size(), bytesRead);
    Optional<JournalPosition> last = Optional.empty();
    for (byte[] line = lines.read(); line != null; line = lines.read()) {
      if (!JournalLine.isWhole(line)) {
        return last;
      }
      Optional<JournalPosition> found = JournalLine.position(line);
      last = found.isPresent() ? found : last;
    }
    return last;
  }
}
