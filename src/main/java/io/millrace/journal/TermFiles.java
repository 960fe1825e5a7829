package io.millrace.journal;

import java.util.List;

/**
 * The segments of one term that are there.
 *
 * @param segments in order; at least one
 * @param head what the first of them says of the term
 */
record TermFiles(List<Segment> segments, SegmentHead head) {

  TermFiles {
    segments = List.copyOf(segments);
  }

  long term() {
    return head.term();
  }

  /** Whether nothing of it was pruned. */
  boolean isWhole() {
    return segments.get(0).named().isEmpty();
  }

  /** Where its first segment begins. */
  JournalPosition from() {
    return from(0);
  }

  private JournalPosition from(int index) {
    return segments.get(index).named().orElse(head.at());
  }

  /** Whether what was trained from a point on is there, if the term has it at all. */
  boolean covers(JournalPosition at) {
    return at.isAtOrBehind(from());
  }

  /**
   * Those with entries between two points.
   *
   * @param end the point after the last one; all segments if it is beyond the term
   */
  List<Segment> between(JournalPosition at, JournalPosition end) {
    int first = 0;
    while (first + 1 < segments.size() && at.isAtOrBehind(from(first + 1))) {
      first++;
    }
    int last = segments.size();
    while (last > first + 1 && from(last - 1).isAtOrBehind(end)) {
      last--;
    }
    return segments.subList(first, last);
  }
}
