package io.millrace.commit;

import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;

/**
 * What one transaction says.
 *
 * @param unit the unit's id, the metadata of each offset; blank where an owner begins at the base
 * @param positions next offset of every partition
 * @param outbox what the unit announces
 * @param letters records that are dead-lettered by then, those of the outbox included
 */
public record Commit(
    String unit, InputPositions positions, Outbox outbox, SentDeadLetters letters) {

  /** One of a model without any dead letter so far. */
  public Commit(String unit, InputPositions positions, Outbox outbox) {
    this(unit, positions, outbox, SentDeadLetters.NONE);
  }
}
