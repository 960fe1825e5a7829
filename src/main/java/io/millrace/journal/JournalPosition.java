package io.millrace.journal;

/**
 * A point between two entries: what was trained before it. Both counts only grow, and every entry
 * moves one of them.
 *
 * @param chunks chunks finished
 * @param idleSteps steps of idle time taken
 */
public record JournalPosition(long chunks, long idleSteps) {

  /** The base model. */
  public static final JournalPosition START = new JournalPosition(0, 0);

  /** Whether an entry that begins here lies at or after the other point. */
  public boolean isAtOrBehind(JournalPosition other) {
    return chunks >= other.chunks && idleSteps >= other.idleSteps;
  }

  /** The lower count of both, each. */
  public JournalPosition orEarlier(JournalPosition other) {
    return new JournalPosition(
        Math.min(chunks, other.chunks), Math.min(idleSteps, other.idleSteps));
  }

  /** For logs and errors. */
  @Override
  public String toString() {
    return "chunk %d (%d steps of idle time)".formatted(chunks, idleSteps);
  }
}
