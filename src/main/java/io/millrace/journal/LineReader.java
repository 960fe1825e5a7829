package io.millrace.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads a file line by line in bounded memory. It holds no file open between two blocks, so that
 * nobody has to close it. One thread.
 */
final class LineReader {

  private static final int BLOCK = 1 << 16;

  /** Longer than any line that is written: what has no end there is damaged. */
  private static final int LONGEST = 1 << 26;

  private final Path file;
  private final long limit;
  private final LongAdder bytesRead;
  private byte[] buffer = new byte[0];
  private int next;
  private long position;
  private int lines;

  /**
   * @param limit bytes of the file that count
   * @param bytesRead adds up what is read
   */
  LineReader(Path file, long limit, LongAdder bytesRead) {
    this.file = file;
    this.limit = limit;
    this.bytesRead = bytesRead;
  }

  /** The number of the last line read, from 1. */
  int line() {
    return lines;
  }

  /** Bytes up to the last line's end. */
  long end() {
    return position - (buffer.length - next);
  }

  /** The next line without its terminator; null after the last terminated line. */
  byte[] read() throws IOException {
    int searched = next;
    while (true) {
      for (int i = searched; i < buffer.length; i++) {
        if (buffer[i] == '\n') {
          byte[] line = Arrays.copyOfRange(buffer, next, i);
          next = i + 1;
          lines++;
          return line;
        }
      }
      if (buffer.length - next > LONGEST) {
        lines++;
        return new byte[0]; // no line: the caller reads no further
      }
      int unread = buffer.length - next;
      if (!fill()) {
        return null;
      }
      searched = unread;
    }
  }

  private boolean fill() throws IOException {
    int wanted = (int) Math.min(Math.max(BLOCK, buffer.length - next), limit - position);
    if (wanted <= 0) {
      return false;
    }
    byte[] rest = Arrays.copyOfRange(buffer, next, buffer.length + wanted);
    int length = buffer.length - next;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer target = ByteBuffer.wrap(rest, length, wanted);
      int read = channel.read(target, position);
      if (read <= 0) {
        return false;
      }
      bytesRead.add(read);
      position += read;
      buffer = read == wanted ? rest : Arrays.copyOf(rest, length + read);
      next = 0;
      return true;
    }
  }
}
