package io.millrace.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Adds lines to a term's file. One thread. */
final class JournalWriter implements BatchJournal.Appender {

  private final Path file;
  private long end;
  private FileChannel channel;

  /** Opens nothing before the first entry: not every term has one. */
  JournalWriter(Path file) throws IOException {
    this.file = file;
    this.end = Files.size(file);
  }

  @Override
  public void append(JournalEntry entry) throws IOException {
    ByteBuffer line = ByteBuffer.wrap(JournalFile.line(entry));
    long from = end;
    try {
      if (channel == null) {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
      }
      channel.truncate(from); // what an attempt that failed may have left
      while (line.hasRemaining()) {
        from += channel.write(line, from);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be written (%s): %s".formatted(file, free(), e.getMessage()), e);
    }
    end = from;
  }

  private String free() {
    try {
      return Files.getFileStore(file).getUsableSpace() / 1_000_000 + " MB free";
    } catch (IOException e) {
      return "space unknown";
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
