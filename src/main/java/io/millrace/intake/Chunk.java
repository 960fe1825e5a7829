package io.millrace.intake;

import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.journal.JournalEntry;
import java.util.List;
import java.util.Locale;

/**
 * Consecutive records of the input, the unit after which one offset per partition says all.
 *
 * @param arrivals its records in the order received
 * @param end next offset of every partition behind it
 * @param closedBy what ended it
 * @param skipped those of its records that are passed over, because later ones are about them
 * @param forgotten examples of earlier chunks that are out of replay and held-out window from here
 *     on, for the same reason
 * @param rewarms whether the learning rate's schedule begins again first
 */
public record Chunk(
    List<IntakeItem> arrivals,
    InputPositions end,
    CloseReason closedBy,
    List<JournalEntry.Skip> skipped,
    List<RecordPosition> forgotten,
    boolean rewarms)
    implements Work {

  public Chunk {
    arrivals = List.copyOf(arrivals);
    skipped = List.copyOf(skipped);
    forgotten = List.copyOf(forgotten);
  }

  /** No record is about another. */
  public Chunk(List<IntakeItem> arrivals, InputPositions end, CloseReason closedBy) {
    this(arrivals, end, closedBy, List.of(), List.of(), /* rewarms= */ false);
  }

  @Override
  public Chunk after(List<RecordPosition> positions, boolean rewarming) {
    return new Chunk(arrivals, end, closedBy, skipped, positions, rewarming);
  }

  public <T extends IntakeItem> List<T> of(Class<T> kind) {
    return arrivals.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public boolean isRepeated() {
    return closedBy == CloseReason.REPEATED;
  }

  /**
   * What ended a chunk. {@link #WAITED} is the only boundary that arrival timing sets; {@link
   * #REPEATED} is one that the journal remembers.
   */
  public enum CloseReason {
    FULL,
    WAITED,
    REPEATED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
