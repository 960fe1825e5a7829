package io.millrace.journal;

import io.millrace.checkpoint.UnitId;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps what was trained, in order, term by term. */
public interface BatchJournal {

  /**
   * What was trained behind a unit, as far as it is known.
   *
   * @param unit empty for the base
   * @param at where it stands
   * @param endsTerm whether the unit is the last of its term, as one that was rolled back to: what
   *     its own term has behind it does not count
   */
  List<JournalEntry> behind(Optional<UnitId> unit, JournalPosition at, boolean endsTerm)
      throws IOException;

  /** Behind a unit that its term went on from. */
  default List<JournalEntry> behind(Optional<UnitId> unit, JournalPosition at) throws IOException {
    return behind(unit, at, /* endsTerm= */ false);
  }

  /**
   * What was trained from the base up to a point of a term, earlier terms included.
   *
   * @throws IOException naming the file that is missing or damaged
   */
  default List<JournalEntry> lineage(long term, JournalPosition upTo) throws IOException {
    return lineage(Optional.empty(), JournalPosition.START, term, upTo)
        .orElseThrow(
            () ->
                new IOException(
                    "the journal does not lead from the base to term %d: files of earlier terms are missing"
                        .formatted(term)));
  }

  /**
   * What was trained from a unit up to a point of a term, the terms between included.
   *
   * @param from empty for the base
   * @param at where that stands
   * @return empty where the term does not come from there
   * @throws IOException naming the file that is damaged
   */
  Optional<List<JournalEntry>> lineage(
      Optional<UnitId> from, JournalPosition at, long term, JournalPosition upTo)
      throws IOException;

  /**
   * Opens a term: what is repeated from the terms before it, and room for more. On disk when this
   * returns.
   *
   * @param term higher than every other
   * @param from the unit that the term goes on from; empty for the base
   * @param at where that stands
   * @param repeated what the term begins with
   * @throws IOException naming the file and the space left
   */
  Appender begin(long term, Optional<UnitId> from, JournalPosition at, List<JournalEntry> repeated)
      throws IOException;

  /** Where the owner of a term adds entries. One thread. */
  interface Appender extends Closeable {

    /**
     * Adds an entry; it is on disk when this returns.
     *
     * @throws IOException naming the file and the space left; the entry is not in the journal then,
     *     and may be added again
     */
    void append(JournalEntry entry) throws IOException;
  }
}
