package io.millrace.journal;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.checkpoint.CheckpointId;
import java.util.Optional;

/**
 * The first line of each segment: where its term began, and which segment precedes it.
 *
 * @param format version of the layout: 2; 1 was a single file a term
 * @param term the owner's
 * @param unit the checkpoint that the term continued from, as text; empty for the base
 * @param at where that stands
 * @param before the segment before it in its term; empty in the first
 */
record SegmentHead(
    int format,
    long term,
    @JsonProperty("unit") Optional<String> unit,
    JournalPosition at,
    Optional<Before> before) {

  static final int FORMAT = 2;

  SegmentHead {
    before = before == null ? Optional.empty() : before; // format 1 has none
  }

  /** The first of a term. */
  static SegmentHead first(long term, Optional<CheckpointId> from, JournalPosition at) {
    return new SegmentHead(FORMAT, term, from.map(CheckpointId::toString), at, Optional.empty());
  }

  /** A later one of the same term. */
  SegmentHead behind(JournalPosition start, long bytes) {
    return new SegmentHead(FORMAT, term, unit, at, Optional.of(new Before(start, bytes)));
  }

  Optional<CheckpointId> from() {
    return unit.flatMap(CheckpointId::parse);
  }

  /**
   * The segment before: with its size, so that a lost end is noticed.
   *
   * @param from where it begins
   * @param bytes of all its lines
   */
  record Before(JournalPosition from, long bytes) {}
}
