package io.millrace.journal;

import io.millrace.checkpoint.CheckpointId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The terms that lead to one, the earliest first, each as far as the next one went on.
 *
 * @param stretches without a gap; empty where the term has no segment
 */
record Line(List<Stretch> stretches) {

  private static final JournalPosition ALL = new JournalPosition(Long.MAX_VALUE, Long.MAX_VALUE);

  Line {
    stretches = List.copyOf(stretches);
  }

  static Line empty() {
    return new Line(List.of());
  }

  /**
   * The line of a term, as far back as it is kept.
   *
   * @param from the checkpoint after which entries are wanted; terms before its own are not read
   */
  static Line of(SegmentFolder folder, long term, Optional<CheckpointId> from) throws IOException {
    Deque<Stretch> line = new ArrayDeque<>();
    Optional<JournalPosition> end = Optional.empty();
    Optional<TermFiles> next = folder.of(term);
    while (next.isPresent()) {
      line.addFirst(new Stretch(next.get(), end));
      SegmentHead head = next.get().head();
      // A term that was rolled back to an earlier one's point cuts that one's off, too.
      end = Optional.of(end.filter(behind -> head.at().isAtOrBehind(behind)).orElse(head.at()));
      boolean isEnough =
          from.isPresent() && (head.term() == from.get().term() || head.from().equals(from));
      next =
          isEnough || !next.get().isWhole() || head.from().isEmpty()
              ? Optional.empty()
              : folder.of(head.from().get().term());
    }
    return new Line(List.copyOf(line));
  }

  /** Whether a checkpoint is part of this line and everything trained after it is present. */
  boolean leadsFrom(Optional<CheckpointId> unit, JournalPosition at) {
    if (unit.isEmpty()) {
      return beginsAtTheBase();
    }
    return stretches.stream()
        .anyMatch(
            stretch ->
                stretch.files().term() == unit.get().term()
                        && stretch.end().map(end -> end.isAtOrBehind(at)).orElse(true)
                        && stretch.files().covers(at)
                    || stretch.files().head().from().equals(unit) && stretch.files().isWhole());
  }

  boolean beginsAtTheBase() {
    return !stretches.isEmpty()
        && stretches.get(0).files().head().unit().isEmpty()
        && stretches.get(0).files().isWhole();
  }

  /** Where it begins; empty where it is empty. */
  Optional<JournalPosition> from() {
    return stretches.stream().findFirst().map(stretch -> stretch.files().from());
  }

  /** Without terms up to one. */
  Line behindTerm(long term) {
    return new Line(stretches.stream().filter(stretch -> stretch.files().term() > term).toList());
  }

  /** Whether what was trained from a point on is there. */
  boolean covers(JournalPosition at) {
    return stretches.stream()
        .filter(stretch -> !stretch.end().map(at::isAtOrBehind).orElse(false))
        .findFirst()
        .map(stretch -> stretch.files().covers(at))
        .orElse(true);
  }

  Entries entries(
      JournalPosition at,
      Optional<JournalPosition> upTo,
      LongAdder bytesRead,
      StoredEntries.DamageListener onDamage)
      throws IOException {
    List<StoredEntries.Part> parts = new ArrayList<>();
    for (Stretch stretch : stretches) {
      JournalPosition end = stretch.end().orElse(ALL);
      if (upTo.isPresent() && end.isAtOrBehind(upTo.get())) {
        end = upTo.get();
      }
      if (!at.isAtOrBehind(end)) {
        for (Segment segment : stretch.files().between(at, end)) {
          parts.add(new StoredEntries.Part(segment, segment.size(), at, end));
        }
      }
    }
    return StoredEntries.read(parts, bytesRead, onDamage);
  }

  /**
   * A term as far as it counts.
   *
   * @param end where the next term went on from it; empty for the last
   */
  record Stretch(TermFiles files, Optional<JournalPosition> end) {}
}
