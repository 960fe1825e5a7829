package io.millrace.commit;

import io.millrace.learner.Learner;

/**
 * Commits what a learner has left behind, when that is due or asked for. A chunk whose refused
 * steps wait for their outcome is never committed. Training thread only.
 */
public final class CommitSchedule {

  private final Learner learner;
  private final OutboxBuffer outgoing;
  private final RunState state;
  private final RunCommit commit;

  /**
   * @param outgoing waits for the next commit
   * @param state asks for one where a command changed it
   */
  public CommitSchedule(Learner learner, OutboxBuffer outgoing, RunState state, RunCommit commit) {
    this.learner = learner;
    this.outgoing = outgoing;
    this.state = state;
    this.commit = commit;
  }

  /** How far commits have come. */
  public CommitState state() {
    return commit.state();
  }

  /** No room on the disk, or more dead letters than may wait: the input waits, too. */
  public boolean mustWait() {
    return commit.state().problem().isPresent() || outgoing.isFull();
  }

  /**
   * Begins a commit if it is due, anything came since the last one, and that one is done.
   *
   * @throws OwnershipLostException where another owner has taken over
   */
  public void commitIfDue() throws OwnershipLostException, InterruptedException {
    commit.takeInDone();
    if (commit.isDue() && isNew()) {
      begin();
    }
  }

  /**
   * Commits and waits for it.
   *
   * @return whether everything is committed now; if not, the log says why
   * @throws OwnershipLostException where another owner has taken over
   */
  public boolean commitNow() throws OwnershipLostException, InterruptedException {
    commit.await();
    if (isNew()) {
      begin();
      commit.await();
    }
    return outgoing.isEmpty() && isSaved();
  }

  private void begin() {
    commit.offer(CommitState.Mark.of(learner), learner::snapshot, outgoing.take());
  }

  private boolean isNew() {
    return learner.isSettled() && (state.isCommanded() || !outgoing.isEmpty() || !isSaved());
  }

  private boolean isSaved() {
    return CommitState.Mark.of(learner).equals(commit.state().saved());
  }
}
