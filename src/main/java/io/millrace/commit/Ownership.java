package io.millrace.commit;

import io.millrace.config.PipelineException;
import io.millrace.identity.InputSource;

/**
 * What the one owner of a model has on the broker: its term, what the broker knew when the term
 * began, and the only way in which a commit unit becomes visible. Whoever claims ownership later
 * fences this one for good.
 */
public interface Ownership extends AutoCloseable {

  /** Higher than every term before it. Part of the path of everything this owner writes. */
  long term();

  /** What the broker had when the term began. */
  Ledger ledger();

  /**
   * Makes a unit that is in the store visible: its outbox and its positions in one transaction.
   * Blocks while the broker is away. One thread at a time.
   *
   * @throws OwnershipLostException where another owner has taken over, or this one was closed; as a
   *     rule nothing of the unit is visible then, and the next owner finds out
   */
  void commit(Commit commit) throws OwnershipLostException, InterruptedException;

  /** What the broker said of the topics when the term began. */
  default InputSource source() {
    return InputSource.UNKNOWN;
  }

  /**
   * Whether what is read is still what it was when the term began, as far as it was noticed. Does
   * not wait. Any thread.
   *
   * @throws OwnershipLostException where a topic was made anew meanwhile; names both ids
   */
  default void requireSameInput() throws OwnershipLostException {}

  /**
   * The same, and asks the broker; goes on where it does not answer soon.
   *
   * @throws OwnershipLostException where a topic was made anew meanwhile; names both ids
   */
  default void verifySameInput() throws OwnershipLostException, InterruptedException {}

  /** Gives up at once; a commit under way fails. Any thread. */
  @Override
  void close();

  /** How one becomes the owner. */
  @FunctionalInterface
  interface Claims {

    /**
     * Fences whoever owned the model, and begins a term.
     *
     * @param above a term that the new one must exceed, -1 for any
     * @throws PipelineException where the broker does not let it; says why
     */
    Ownership claim(long above) throws InterruptedException;
  }
}
