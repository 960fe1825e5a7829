package io.millrace.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One thing that training did. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JournalEntry.Chunk.class, name = "chunk"),
  @JsonSubTypes.Type(value = JournalEntry.Idle.class, name = "idle")
})
public sealed interface JournalEntry {

  /** What was trained in front of it. */
  JournalPosition at();

  /**
   * A chunk of consecutive records was trained on, in this order.
   *
   * @param at counts in front of it
   * @param labels the label set in logit order, in the entry of the first chunk; empty behind it
   * @param runs its records
   */
  record Chunk(JournalPosition at, List<String> labels, List<Run> runs) implements JournalEntry {

    public Chunk {
      labels = List.copyOf(labels);
      runs = List.copyOf(runs);
    }

    public int records() {
      return runs.stream().mapToInt(Run::records).sum();
    }
  }

  /**
   * Replayed examples were trained on while no chunk waited.
   *
   * @param at counts in front of it
   * @param examples how many were drawn
   */
  record Idle(JournalPosition at, int examples) implements JournalEntry {}

  /**
   * Consecutive records of one partition.
   *
   * @param partition {@code topic-partition}
   * @param from the first one's offset
   * @param to the offset behind the last one
   * @param records how many: transaction markers and compaction leave gaps between offsets
   */
  record Run(String partition, long from, long to, int records) {}
}
