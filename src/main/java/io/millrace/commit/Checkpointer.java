package io.millrace.commit;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.config.PipelineException;
import io.millrace.event.Outbox;
import io.millrace.example.InputPositions;
import io.millrace.learner.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The durable {@link RunCommit}: first to the store, then, in one transaction, to the broker. It
 * copies on the training thread and writes on another, so that training does not wait for the disk.
 * Training thread only, but for what says otherwise.
 */
public final class Checkpointer implements RunCommit {

  private static final Logger LOG = Logger.getLogger(Checkpointer.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  private final CheckpointStore store;
  private final Ownership ownership;
  private final Duration every;
  private final OutboxBuffer outgoing;
  private final RunState run;
  private final ExecutorService writer;
  private final Consumer<Outbox> onCommitted;
  private final LongSupplier nanoTime;

  private Optional<Writing> writing = Optional.empty();
  private CommitState state;
  private long savedAt;
  private long units;

  /**
   * @param outgoing gets back what a failed checkpoint announces
   * @param run what a checkpoint says besides the snapshot
   * @param start the checkpoint that training started from
   * @param writer one thread
   * @param onCommitted told, on that thread, what the broker has from now on
   */
  public Checkpointer(
      CheckpointStore store,
      Ownership ownership,
      Duration every,
      OutboxBuffer outgoing,
      RunState run,
      CommitState start,
      ExecutorService writer,
      Consumer<Outbox> onCommitted,
      LongSupplier nanoTime) {
    this.store = store;
    this.ownership = ownership;
    this.every = every;
    this.outgoing = outgoing;
    this.run = run;
    this.state = start;
    this.writer = writer;
    this.onCommitted = onCommitted;
    this.nanoTime = nanoTime;
    this.savedAt = nanoTime.getAsLong();
  }

  @Override
  public CommitState state() {
    return state;
  }

  @Override
  public boolean isDue() {
    if (writing.isPresent()) {
      return false;
    }
    long since = nanoTime.getAsLong() - savedAt;
    return state.problem().isPresent()
        ? since >= TRY_AGAIN.toNanos()
        : run.isCommanded() || outgoing.isUrgent() || since >= every.toNanos();
  }

  @Override
  public void takeInDone() throws OwnershipLostException, InterruptedException {
    ownership.requireSameInput();
    if (writing.isPresent() && writing.get().isDone()) {
      finish();
    }
  }

  @Override
  public void await() throws OwnershipLostException, InterruptedException {
    if (writing.isPresent()) {
      finish();
    }
  }

  @Override
  public void offer(CommitState.Mark at, Supplier<Snapshot> now, Outbox outbox) {
    savedAt = nanoTime.getAsLong();
    Checkpoint unit;
    OwnerState then = run.standing().withSent(outbox.letters());
    try {
      unit = CommitParts.of(now.get(), outbox, outgoing.lastVersion(), then);
    } catch (RuntimeException e) {
      outgoing.putBack(outbox);
      throw e;
    }
    run.taken();
    start(at, outbox, then, unit);
  }

  @Override
  public Optional<String> rollBack(Checkpoint then, Outbox outbox)
      throws OwnershipLostException, InterruptedException {
    start(
        new CommitState.Mark(CheckpointParts.progress(then).positions(), then.step()),
        outbox,
        CommitParts.standing(then),
        then);
    finish();
    return state.problem();
  }

  private void start(CommitState.Mark mark, Outbox outbox, OwnerState then, Checkpoint unit) {
    CheckpointId id = new CheckpointId(ownership.term(), unit.step(), units + 1);
    InputPositions positions = mark.positions();
    Commit commit = new Commit(id.toString(), positions, outbox, then.sent(positions));
    writing =
        Optional.of(
            new Writing(
                id,
                mark,
                outbox,
                CompletableFuture.supplyAsync(() -> write(id, unit, commit), writer)));
  }

  /** On the writer. What went wrong with the store; what goes wrong with the broker is thrown. */
  private Optional<String> write(CheckpointId id, Checkpoint unit, Commit commit) {
    long start = nanoTime.getAsLong();
    try {
      ownership.verifySameInput(); // nothing that was read of another topic is ever in a unit
      store.save(id, unit);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (OwnershipLostException e) {
      throw new NotCommittedException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotCommittedException(
          new OwnershipLostException("interrupted before " + id + " was written", e));
    }
    long written = nanoTime.getAsLong();
    try {
      ownership.commit(commit);
    } catch (OwnershipLostException e) {
      throw new NotCommittedException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotCommittedException(
          new OwnershipLostException("interrupted while " + id + " was committed", e));
    }
    LOG.infof(
        "checkpoint %s: written in %.1f s, committed in %.1f s%s",
        id,
        (written - start) / 1e9,
        (nanoTime.getAsLong() - written) / 1e9,
        summary(commit.outbox()));
    onCommitted.accept(commit.outbox());
    return Optional.empty();
  }

  private static String summary(Outbox outbox) {
    return outbox.versions().isEmpty() && outbox.letters().isEmpty()
        ? ""
        : ", with %d versions and %d dead letters"
            .formatted(outbox.versions().size(), outbox.letters().size());
  }

  /** Waits for the unit under way and takes its result in. */
  private void finish() throws OwnershipLostException, InterruptedException {
    Writing unit = writing.orElseThrow();
    writing = Optional.empty();
    Optional<String> failure = unit.result();
    if (failure.isPresent()) {
      run.failed();
      outgoing.putBack(unit.outbox());
      LOG.errorf(
          "checkpoint %s failed, the one before stands; training waits, the next attempt is in %d"
              + " s: %s",
          unit.id(), TRY_AGAIN.toSeconds(), failure.get());
      state = new CommitState(state.saved(), state.last(), failure);
    } else {
      units++;
      run.committed(unit.outbox().letters());
      if (state.problem().isPresent()) {
        LOG.infof("checkpoint %s succeeded, training goes on", unit.id());
      }
      state = new CommitState(unit.mark(), Optional.of(unit.id()), Optional.empty());
    }
  }

  private record Writing(
      CheckpointId id,
      CommitState.Mark mark,
      Outbox outbox,
      CompletableFuture<Optional<String>> future) {

    boolean isDone() {
      return future.isDone();
    }

    Optional<String> result() throws OwnershipLostException, InterruptedException {
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof NotCommittedException lost) {
          throw lost.cause();
        }
        throw new PipelineException("checkpoint " + id + " failed: " + e.getCause(), e.getCause());
      }
    }
  }

  /** Carries the checked exception through the future. */
  private static final class NotCommittedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCommittedException(OwnershipLostException cause) {
      super(cause);
    }

    OwnershipLostException cause() {
      return (OwnershipLostException) getCause();
    }
  }
}
