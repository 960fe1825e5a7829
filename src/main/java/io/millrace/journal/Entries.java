package io.millrace.journal;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Entries of a journal, in order. They stay on the disk: each iteration reads them anew, a block at
 * a time, and gives the same ones whatever is added to the journal meanwhile. An iteration fails
 * with {@link java.io.UncheckedIOException} where a file is gone by then.
 */
public interface Entries extends Iterable<JournalEntry> {

  /** How many. */
  long size();

  /** The records of all their chunks. */
  long records();

  default boolean isEmpty() {
    return size() == 0;
  }

  /** Them, one after the other. */
  default Stream<JournalEntry> stream() {
    return StreamSupport.stream(spliterator(), /* parallel= */ false);
  }

  /** Those of a list. */
  static Entries of(List<JournalEntry> entries) {
    return new Entries() {
      @Override
      public long size() {
        return entries.size();
      }

      @Override
      public long records() {
        return entries.stream().mapToLong(JournalEntry::records).sum();
      }

      @Override
      public Iterator<JournalEntry> iterator() {
        return entries.iterator();
      }
    };
  }
}
