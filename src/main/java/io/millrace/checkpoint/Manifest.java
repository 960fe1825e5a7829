package io.millrace.checkpoint;

import java.time.Instant;
import java.util.Map;

/**
 * What a checkpoint consists of: {@code manifest.json}, written last.
 *
 * @param format version of the layout, 1
 * @param step steps done
 * @param createdAt when it was written
 * @param parts every file by name
 */
record Manifest(int format, long step, Instant createdAt, Map<String, Part> parts) {

  static final int FORMAT = 1;
  static final String FILE = "manifest.json";

  /**
   * One file.
   *
   * @param size bytes
   * @param sha256 lower-case hex
   */
  record Part(long size, String sha256) {}
}
