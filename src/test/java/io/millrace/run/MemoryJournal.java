package io.millrace.run;

import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A term's journal in memory, whose disk may be full. */
public final class MemoryJournal implements BatchJournal.Appender {

  private final List<JournalEntry> entries = new ArrayList<>();
  private boolean full;

  public List<JournalEntry> entries() {
    return List.copyOf(entries);
  }

  public void full(boolean isFull) {
    full = isFull;
  }

  @Override
  public void append(JournalEntry entry) throws IOException {
    if (full) {
      throw new IOException("no room");
    }
    entries.add(entry);
  }

  @Override
  public void close() {}
}
