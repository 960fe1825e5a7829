package io.millrace.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.millrace.example.Amendment;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import java.util.List;
import java.util.Optional;

/** One thing that training did. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JournalEntry.Chunk.class, name = "chunk"),
  @JsonSubTypes.Type(value = JournalEntry.Idle.class, name = "idle")
})
public sealed interface JournalEntry {

  /** What was trained before it. */
  JournalPosition at();

  /** Whether the learning rate's schedule began again before it, by a command. */
  boolean rewarmed();

  /** How many records of the topics it has. */
  default int records() {
    return 0;
  }

  /** The label set that a lineage begins with, where it begins at the base. */
  static Optional<List<String>> firstLabels(Entries lineage) {
    return lineage.stream()
        .findFirst()
        .filter(Chunk.class::isInstance)
        .map(first -> ((Chunk) first).labels())
        .filter(labels -> !labels.isEmpty());
  }

  /**
   * A chunk of consecutive records was trained on, in this order.
   *
   * @param at counts before it
   * @param labels the label set in logit order, in the first chunk's entry; empty in later ones
   * @param runs its records
   * @param skipped records of the chunk that were neither trained on nor scored, because a later
   *     record that had already arrived supersedes them
   * @param forgotten examples that left the replay buffer and held-out window before it, for the
   *     same reason
   * @param rewarmed whether the learning rate's schedule began again before it, by a command
   */
  record Chunk(
      JournalPosition at,
      List<String> labels,
      List<Run> runs,
      List<Skip> skipped,
      List<RecordPosition> forgotten,
      boolean rewarmed)
      implements JournalEntry {

    public Chunk {
      labels = List.copyOf(labels);
      runs = List.copyOf(runs);
      skipped = List.copyOf(skipped);
      forgotten = List.copyOf(forgotten);
    }

    /** No later record is about any. */
    public Chunk(JournalPosition at, List<String> labels, List<Run> runs) {
      this(at, labels, runs, List.of(), List.of(), /* rewarmed= */ false);
    }

    @Override
    public int records() {
      return runs.stream().mapToInt(Run::records).sum();
    }
  }

  /**
   * Replayed examples were trained on while no chunk waited.
   *
   * @param at counts before it
   * @param examples how many were drawn
   * @param forgotten examples that left replay buffer and held-out window before it
   * @param rewarmed whether the learning rate's schedule began again before it, by a command
   */
  record Idle(JournalPosition at, int examples, List<RecordPosition> forgotten, boolean rewarmed)
      implements JournalEntry {

    public Idle {
      forgotten = List.copyOf(forgotten);
    }

    /** None was forgotten. */
    public Idle(JournalPosition at, int examples) {
      this(at, examples, List.of(), /* rewarmed= */ false);
    }
  }

  /**
   * A record of a chunk that was passed over.
   *
   * @param position where it stands
   * @param kind what the later record did to it
   */
  record Skip(RecordPosition position, Amendment.Kind kind) {}

  /**
   * Consecutive records of one partition.
   *
   * @param from the first one's offset
   * @param to the offset after the last one
   * @param records how many: transaction markers and compaction leave gaps between offsets
   * @param epoch which of the topics that had this name one after the other, from 0
   */
  record Run(
      Partition partition,
      long from,
      long to,
      int records,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int epoch) {

    /** Of the first topic of that name. */
    public Run(Partition partition, long from, long to, int records) {
      this(partition, from, to, records, 0);
    }
  }
}
