package io.millrace.journal;

/**
 * A point between two entries: what was trained in front of it. Both counts only grow, and every
 * entry moves one of them.
 *
 * @param chunks chunks finished
 * @param idleSteps steps of idle time taken
 */
public record JournalPosition(long chunks, long idleSteps) {

  /** The base model. */
  public static final JournalPosition START = new JournalPosition(0, 0);

  /** Whether an entry that begins here is not part of what lies in front of the other point. */
  public boolean isAtOrBehind(JournalPosition other) {
    return chunks >= other.chunks && idleSteps >= other.idleSteps;
  }
}
