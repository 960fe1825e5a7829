package io.millrace.lineage;

import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** Which chunks some records are in, by one pass over a journal. */
final class JournaledRecords {

  private final BatchJournal.Kept kept;
  private final Map<Partition, NavigableMap<Long, RecordPosition>> wanted = new HashMap<>();
  private final Map<RecordPosition, JournalEntry.Chunk> chunks = new HashMap<>();
  private final Map<Partition, Long> ends = new HashMap<>();

  private final ToIntFunction<String> epochs;

  private JournaledRecords(BatchJournal.Kept kept, ToIntFunction<String> epochs) {
    this.kept = kept;
    this.epochs = epochs;
  }

  /**
   * @param epochs which of the topics of a name the records are of
   */
  static JournaledRecords of(
      BatchJournal.Kept kept, Collection<RecordPosition> records, ToIntFunction<String> epochs) {
    JournaledRecords found = new JournaledRecords(kept, epochs);
    for (RecordPosition record : records) {
      found
          .wanted
          .computeIfAbsent(record.inPartition(), p -> new TreeMap<>())
          .put(record.offset(), record);
    }
    for (JournalEntry entry : kept.entries()) {
      if (entry instanceof JournalEntry.Chunk chunk) {
        chunk.runs().forEach(run -> found.add(chunk, run));
      }
    }
    return found;
  }

  private void add(JournalEntry.Chunk chunk, JournalEntry.Run run) {
    if (run.epoch() != epochs.applyAsInt(run.partition().topic())) {
      return; // of an earlier topic of that name
    }
    ends.merge(run.partition(), run.to(), Math::max);
    NavigableMap<Long, RecordPosition> ofPartition = wanted.get(run.partition());
    if (ofPartition != null) {
      ofPartition
          .subMap(run.from(), run.to())
          .values()
          .forEach(record -> chunks.putIfAbsent(record, chunk));
    }
  }

  /** The chunk of a record; empty where none that is kept has it. */
  Optional<JournalEntry.Chunk> chunk(RecordPosition record) {
    return Optional.ofNullable(chunks.get(record));
  }

  /** Whether nothing at or behind that offset of its partition is in any chunk. */
  boolean isYetToCome(RecordPosition record) {
    return ends.getOrDefault(record.inPartition(), 0L) <= record.offset();
  }

  /** Why a record in front of all that is kept is in no chunk. */
  String beginning() {
    return kept.fromBase()
        ? "it stands in front of where this model began to read"
        : "it stands in front of what the journal still has, which begins at %s: what is older was pruned (millrace.checkpoint.keep-journal)"
            .formatted(kept.from());
  }
}
