package io.millrace.pipeline;

import java.util.List;
import java.util.Locale;

/**
 * Consecutive records of the input, the unit after which one offset per partition says all.
 *
 * @param arrivals its records in the order received
 * @param end next offset of every partition behind it
 * @param closedBy what ended it
 */
record Chunk(List<Arrival> arrivals, InputPositions end, CloseReason closedBy) implements Work {

  Chunk {
    arrivals = List.copyOf(arrivals);
  }

  <T extends Arrival> List<T> of(Class<T> kind) {
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
  enum CloseReason {
    FULL,
    WAITED,
    REPEATED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
