package io.millrace.web.version;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of a {@code Range: bytes=…} header, resolved against a file's size (RFC 9110, section
 * 14).
 *
 * @param first first byte, from 0
 * @param last last byte, inclusive, below the size
 */
public record ByteRange(long first, long last) {

  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * @param header the header's value, null where there is none
   * @param size bytes of the file
   * @return empty where the whole file is to be sent: no header, one that cannot be read, or
   *     several ranges (which a server may ignore)
   * @throws UnsatisfiableException when the range starts after the end
   */
  static Optional<ByteRange> parse(String header, long size) throws UnsatisfiableException {
    Matcher matcher = header == null ? null : SINGLE.matcher(header.replace(" ", ""));
    if (matcher == null || !matcher.matches()) {
      return Optional.empty();
    }
    String from = matcher.group(1);
    String to = matcher.group(2);
    if (from.isEmpty()) {
      return to.isEmpty() ? Optional.empty() : Optional.of(suffix(Long.parseLong(to), size));
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
    if (!to.isEmpty() && Long.parseLong(to) < first) {
      return Optional.empty();
    }
    if (first >= size) {
      throw new UnsatisfiableException();
    }
    return Optional.of(new ByteRange(first, last));
  }

  private static ByteRange suffix(long length, long size) throws UnsatisfiableException {
    if (length == 0 || size == 0) {
      throw new UnsatisfiableException();
    }
    return new ByteRange(Math.max(0, size - length), size - 1);
  }

  long length() {
    return last - first + 1;
  }

  /** No byte of the range exists. */
  static final class UnsatisfiableException extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
