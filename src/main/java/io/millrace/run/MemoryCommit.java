package io.millrace.run;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.RunCommit;
import io.millrace.commit.RunState;
import io.millrace.event.Outbox;
import io.millrace.learner.Snapshot;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A {@link RunCommit} that outlives nothing: what waits for a commit is announced at once, and only
 * what a roll-back goes on from is kept. One thread.
 */
public final class MemoryCommit implements RunCommit {

  private final OutboxBuffer outgoing;
  private final RunState run;
  private final Consumer<Outbox> onCommitted;
  private CommitState state;
  private Optional<Checkpoint> rolledBackTo = Optional.empty();

  /**
   * @param start where the run begins
   * @param onCommitted told of each commit
   */
  public MemoryCommit(
      OutboxBuffer outgoing, RunState run, CommitState.Mark start, Consumer<Outbox> onCommitted) {
    this.outgoing = outgoing;
    this.run = run;
    this.state = new CommitState(start, Optional.empty(), Optional.empty());
    this.onCommitted = onCommitted;
  }

  /** What the run was rolled back to, as it is to be gone on from; empty before that. */
  public Optional<Checkpoint> rolledBackTo() {
    return rolledBackTo;
  }

  @Override
  public boolean isDue() {
    return !outgoing.isEmpty();
  }

  @Override
  public void offer(CommitState.Mark at, Supplier<Snapshot> now, Outbox outbox) {
    run.taken();
    run.committed(outbox.letters());
    state = new CommitState(at, Optional.empty(), Optional.empty());
    onCommitted.accept(outbox);
  }

  @Override
  public Optional<String> rollBack(Checkpoint then, Outbox outbox) {
    rolledBackTo = Optional.of(then);
    return Optional.empty();
  }

  @Override
  public void takeInDone() {}

  @Override
  public void await() {}

  @Override
  public CommitState state() {
    return state;
  }
}
