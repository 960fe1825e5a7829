package io.millrace.commit;

import io.millrace.journal.JournalEntry;
import java.util.Optional;

/** Where a run notes its work before the first step. Training thread only. */
public interface RunJournal extends AutoCloseable {

  /** Keeps nothing: for runs that nobody repeats. */
  RunJournal NONE = entry -> true;

  /** Whether the work is noted now, and may begin. */
  boolean append(JournalEntry entry);

  /** Why the last piece of work is not noted. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
