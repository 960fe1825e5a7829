package io.millrace.checkpoint;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint consists of: {@code manifest.json}, written last.
 *
 * @param format version of the layout: 1 does not say what a checkpoint belongs to, 2 does
 * @param step steps done
 * @param createdAt when it was written
 * @param parts every file by name
 * @param release that wrote it; empty in format 1
 */
record Manifest(
    int format, long step, Instant createdAt, Map<String, Part> parts, Optional<String> release) {

  static final int FORMAT = 2;

  /** This release, as {@code pom.xml} has it. */
  static final String RELEASE = "0.1.0-SNAPSHOT";

  Manifest {
    release = release == null ? Optional.empty() : release;
  }

  static final String FILE = "manifest.json";

  /**
   * One file.
   *
   * @param size bytes
   * @param sha256 lower-case hex
   */
  record Part(long size, String sha256) {}
}
