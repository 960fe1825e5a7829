package io.millrace.journal;

import io.millrace.checkpoint.CheckpointId;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps what was trained, in order, term by term. One owner writes; any thread reads. */
public interface BatchJournal {

  /** No entry. */
  Entries NONE = Entries.of(List.of());

  /**
   * What was trained after a checkpoint, as far as it is known.
   *
   * @param unit empty for the base
   * @param at where it stands
   * @param endsTerm whether the checkpoint ends its term, for example because training was rolled
   *     back to it. Later entries of its term do not count.
   */
  Entries behind(Optional<CheckpointId> unit, JournalPosition at, boolean endsTerm)
      throws IOException;

  /** After a checkpoint that its own term continued from. */
  default Entries behind(Optional<CheckpointId> unit, JournalPosition at) throws IOException {
    return behind(unit, at, /* endsTerm= */ false);
  }

  /**
   * What was trained from the base up to a point of a term, earlier terms included.
   *
   * @throws IOException naming the file that is missing or damaged
   */
  default Entries lineage(long term, JournalPosition upTo) throws IOException {
    Optional<Entries> whole = lineage(Optional.empty(), JournalPosition.START, term, upTo);
    if (whole.isEmpty()) {
      throw new IOException(
          "the journal does not lead from the base to term %d: it begins at %s, what is before that was pruned (millrace.checkpoint.keep-journal) or is missing"
              .formatted(term, kept(term).from()));
    }
    return whole.get();
  }

  /**
   * What was trained from a checkpoint up to a point of a term, including the terms in between.
   *
   * @param from empty for the base
   * @param at where that stands
   * @return empty where the term does not come from there, or what lies between was pruned
   * @throws IOException naming the file that is damaged
   */
  Optional<Entries> lineage(
      Optional<CheckpointId> from, JournalPosition at, long term, JournalPosition upTo)
      throws IOException;

  /**
   * Opens a term: what is repeated from the terms before it, and room for more. On disk when this
   * returns.
   *
   * @param term higher than every other
   * @param from the checkpoint that the term continues from; empty for the base
   * @param at where that stands
   * @param repeated what the term begins with
   * @throws IOException naming the file and the space left
   */
  Appender begin(
      long term, Optional<CheckpointId> from, JournalPosition at, Iterable<JournalEntry> repeated)
      throws IOException;

  /** What leads to the newest term, as far back as it is kept; a damage ends it. */
  Kept kept() throws IOException;

  /**
   * What leads to a term, as far back as it is kept.
   *
   * @throws IOException naming the file that is damaged
   */
  Kept kept(long term) throws IOException;

  /**
   * Removes the entries before a point, oldest first and in whole segments. Does nothing once a
   * later term has begun, so a fenced owner removes nothing that its successor needs.
   *
   * @param owner the owner's term. Its ownership is certain: its last commit succeeded after the
   *     point was looked up.
   * @param needed entries that begin at or after this point stay
   * @param keepBytes the newest bytes, which stay in any case
   */
  Pruned prune(long owner, JournalPosition needed, long keepBytes) throws IOException;

  /** Its size on the disk. */
  long bytes() throws IOException;

  /**
   * What is kept of a line of terms.
   *
   * @param entries in order
   * @param from where they begin
   * @param fromBase whether that is the base: nothing was pruned
   */
  record Kept(Entries entries, JournalPosition from, boolean fromBase) {}

  /**
   * What was removed.
   *
   * @param segments how many
   * @param bytes of them
   */
  record Pruned(int segments, long bytes) {

    static final Pruned NOTHING = new Pruned(0, 0);
  }

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
