package io.millrace.journal;

import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Adds lines to a term's last segment, and begins another once that is large. One thread. */
final class JournalWriter implements BatchJournal.Appender {

  private final SegmentHead term;
  private final long segmentBytes;
  private Segment segment;
  private long start;
  private long end;
  private boolean full;
  private Optional<FileChannel> channel = Optional.empty();

  /**
   * Opens nothing before the first entry: not every term has one.
   *
   * @param first the term's first segment
   * @param head what that says
   * @param segmentBytes how large a segment gets
   */
  JournalWriter(Segment first, SegmentHead head, long segmentBytes) throws IOException {
    this.segment = first;
    this.term = head;
    this.segmentBytes = segmentBytes;
    this.start = JournalLine.of(head).length;
    this.end = first.size();
  }

  @Override
  public void append(JournalEntry entry) throws IOException {
    ByteBuffer line = ByteBuffer.wrap(JournalLine.of(entry));
    try {
      // Once it was found full nothing more is added to it, also where the next cannot be begun
      // yet.
      full = full || end > start && end + line.remaining() > segmentBytes;
      if (full) {
        roll(entry.at());
      }
      write(line);
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be written (%s): %s".formatted(segment.file(), free(), e.getMessage()), e);
    }
  }

  private void write(ByteBuffer line) throws IOException {
    long from = end;
    FileChannel open = open();
    open.truncate(from); // what an attempt that failed may have left
    while (line.hasRemaining()) {
      from += open.write(line, from);
    }
    open.force(false);
    end = from;
  }

  /**
   * Begins the next segment. Its head names the size of the previous one, which by then ends with a
   * whole entry.
   */
  private void roll(JournalPosition at) throws IOException {
    FileChannel open = open();
    open.truncate(end);
    open.force(true);
    byte[] head = JournalLine.of(term.behind(segment.named().orElse(term.at()), end));
    Segment next = segment.next(at);
    DurableFolder.writeFile(next.file(), term.term(), head);
    close();
    segment = next;
    start = head.length;
    end = head.length;
    full = false;
  }

  private FileChannel open() throws IOException {
    if (channel.isEmpty()) {
      channel = Optional.of(FileChannel.open(segment.file(), StandardOpenOption.WRITE));
    }
    return channel.get();
  }

  private String free() {
    try {
      return Files.getFileStore(segment.file()).getUsableSpace() / 1_000_000 + " MB free";
    } catch (IOException e) {
      return "space unknown";
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isPresent()) {
      FileChannel open = channel.get();
      channel = Optional.empty();
      open.close();
    }
  }
}
