package io.millrace.journal;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * The journal in a folder, segments of lines for each term. Each term begins with the entries that
 * it repeats, so anything that a fenced owner still appends to its own term is never read.
 */
public final class FolderBatchJournal implements BatchJournal {

  /** At 100 examples a second and 128 a chunk, half a day. */
  static final long SEGMENT_BYTES = 4 << 20;

  private static final Logger LOG = Logger.getLogger(FolderBatchJournal.class);

  private final Path root;
  private final long segmentBytes;
  private final LongAdder bytesRead = new LongAdder();
  private final SegmentFolder folder;

  /**
   * @param root its folder; made if absent
   */
  public FolderBatchJournal(Path root) throws IOException {
    this(root, SEGMENT_BYTES);
  }

  /**
   * @param segmentBytes size at which the next segment begins
   */
  public FolderBatchJournal(Path root, long segmentBytes) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
    this.segmentBytes = segmentBytes;
    this.folder = new SegmentFolder(this.root, bytesRead);
  }

  @Override
  public Entries behind(Optional<CheckpointId> unit, JournalPosition at, boolean endsTerm)
      throws IOException {
    OptionalLong newest = folder.newestTerm();
    if (newest.isEmpty()) {
      return NONE;
    }
    Line line = Line.of(folder, newest.getAsLong(), unit);
    if (!line.leadsFrom(unit, at)) {
      // What the newest term went on from is another unit: one that was damaged since, or this one
      // was written by an owner that was fenced already. Both ways the unit's own term has it all.
      line = unit.isPresent() ? Line.of(folder, unit.get().term(), unit) : Line.empty();
    }
    if (endsTerm) {
      line = line.behindTerm(unit.orElseThrow().term());
    }
    if (!line.covers(at)) {
      warn(
          "journal %s begins at %s, the checkpoint stands at %s"
              .formatted(root, line.from().orElseThrow(), at));
      return NONE;
    }
    return line.entries(at, Optional.empty(), bytesRead, FolderBatchJournal::warn);
  }

  @Override
  public Optional<Entries> lineage(
      Optional<CheckpointId> from, JournalPosition at, long term, JournalPosition upTo)
      throws IOException {
    Line line = Line.of(folder, term, from);
    return line.leadsFrom(from, at)
        ? Optional.of(line.entries(at, Optional.of(upTo), bytesRead, FolderBatchJournal::refuse))
        : Optional.empty();
  }

  @Override
  public Kept kept() throws IOException {
    OptionalLong newest = folder.newestTerm();
    return newest.isPresent()
        ? kept(newest.getAsLong(), FolderBatchJournal::warn)
        : new Kept(NONE, JournalPosition.START, /* fromBase= */ true);
  }

  @Override
  public Kept kept(long term) throws IOException {
    return kept(term, FolderBatchJournal::refuse);
  }

  private Kept kept(long term, StoredEntries.DamageListener onDamage) throws IOException {
    Line line = Line.of(folder, term, Optional.empty());
    return new Kept(
        line.entries(JournalPosition.START, Optional.empty(), bytesRead, onDamage),
        line.from().orElse(JournalPosition.START),
        line.beginsAtTheBase());
  }

  @Override
  public Appender begin(
      long term, Optional<CheckpointId> from, JournalPosition at, Iterable<JournalEntry> repeated)
      throws IOException {
    Segment first = Segment.first(root, term);
    SegmentHead head = SegmentHead.first(term, from, at);
    DurableFolder.writeFile(
        first.file(),
        term,
        out -> {
          out.write(JournalLine.of(head));
          for (JournalEntry entry : repeated) {
            out.write(JournalLine.of(entry));
          }
        });
    return new JournalWriter(first, head, segmentBytes);
  }

  @Override
  public Pruned prune(long owner, JournalPosition needed, long keepBytes) throws IOException {
    return new SegmentPruning(root, folder.all(), bytesRead).prune(owner, needed, keepBytes);
  }

  @Override
  public long bytes() throws IOException {
    long bytes = 0;
    for (Segment segment : folder.all()) {
      bytes += segment.size();
    }
    return bytes;
  }

  /** Bytes read from the disk so far. Any thread. */
  long bytesRead() {
    return bytesRead.sum();
  }

  private static void warn(String damage) {
    LOG.errorf("%s: what was trained after it is not repeated as it was", damage);
  }

  private static void refuse(String damage) throws IOException {
    throw new IOException(damage);
  }
}
