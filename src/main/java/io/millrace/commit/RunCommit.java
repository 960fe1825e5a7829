package io.millrace.commit;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.event.Outbox;
import io.millrace.learner.Snapshot;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where what training leaves behind is kept, and from where others hear of it: durable in the
 * service, in memory where nothing is to outlive the run. One commit is under way at a time.
 * Training thread only.
 */
public interface RunCommit {

  /** Whether the time for a commit has come, and none is under way. Takes in no result. */
  boolean isDue();

  /**
   * Begins a commit.
   *
   * @param at how far training is
   * @param now copies what training has left behind; asked at once, or not at all
   * @param outbox what the commit announces; put back where it fails
   */
  void offer(CommitState.Mark at, Supplier<Snapshot> now, Outbox outbox);

  /**
   * Commits an earlier checkpoint in the place of the present, and waits for it: the last commit of
   * this term.
   *
   * @param then the earlier checkpoint, as it is to be gone on from
   * @return why it is not committed; the last checkpoint stands then
   * @throws OwnershipLostException where another owner has taken over
   */
  Optional<String> rollBack(Checkpoint then, Outbox outbox)
      throws OwnershipLostException, InterruptedException;

  /**
   * Takes in the result of a commit that is done by now.
   *
   * @throws OwnershipLostException where another owner has taken over
   */
  void takeInDone() throws OwnershipLostException, InterruptedException;

  /**
   * Waits for the commit under way, and takes in its result.
   *
   * @throws OwnershipLostException where another owner has taken over
   */
  void await() throws OwnershipLostException, InterruptedException;

  CommitState state();
}
