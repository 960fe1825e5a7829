package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.gate.Looks;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Commits what training left behind, behind a chunk or a step of idle time: first to the store,
 * then, in one transaction, to the broker. It copies on the training thread and writes on another,
 * so that training does not wait for the disk. Training thread only, but for what says otherwise.
 */
final class Checkpointer {

  private static final Logger LOG = Logger.getLogger(Checkpointer.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  private final CheckpointStore store;
  private final Ownership ownership;
  private final Duration every;
  private final Outgoing outgoing;
  private final ExecutorService writer;
  private final Consumer<Outbox> onCommitted;
  private final LongSupplier nanoTime;

  private Optional<Writing> writing = Optional.empty();
  private Optional<String> problem = Optional.empty();
  private long savedAt;
  private long units;
  private Mark saved;
  private Standing standing;
  private boolean commanded;
  private volatile Optional<UnitId> last;

  /**
   * @param saved where the unit stood that training started from
   * @param last its id, empty at the base
   * @param standing what it says besides
   * @param writer one thread
   * @param onCommitted told, on that thread, what the broker has from now on
   */
  Checkpointer(
      CheckpointStore store,
      Ownership ownership,
      Duration every,
      Outgoing outgoing,
      Mark saved,
      Optional<UnitId> last,
      Standing standing,
      ExecutorService writer,
      Consumer<Outbox> onCommitted,
      LongSupplier nanoTime) {
    this.store = store;
    this.ownership = ownership;
    this.every = every;
    this.outgoing = outgoing;
    this.saved = saved;
    this.last = last;
    this.standing = standing;
    this.writer = writer;
    this.onCommitted = onCommitted;
    this.nanoTime = nanoTime;
    this.savedAt = nanoTime.getAsLong();
  }

  /** The id of the last unit committed. Any thread. */
  Optional<UnitId> last() {
    return last;
  }

  /** What the next unit will say besides what training left behind. */
  Standing standing() {
    return standing;
  }

  /** Changes it by a command, which asks for a unit soon. */
  void control(ControlState control) {
    standing = standing.with(control);
    commanded = true;
  }

  /** Notes where commands are read from; goes with the next unit, whenever that is. */
  void commandsBegin(CommandPositions at) {
    standing = standing.with(standing.control().beginning(at));
  }

  /** Announces a version again, with the next unit. */
  void announceAgain(ModelVersion version) {
    outgoing.repeat(version);
  }

  /** The journal has it that the learning rate starts over. */
  void rewarmed() {
    standing = standing.with(standing.control().rewarming(false));
  }

  /** The journal has what the last term let go of. */
  void letGo() {
    standing = standing.withNothingLetGo();
  }

  /** Notes how often the gate has looked; goes with the next unit, whenever that is. */
  void looked(Looks looks) {
    standing = standing.with(looks);
  }

  /** Why the last attempt failed: training waits until one succeeds. */
  Optional<String> problem() {
    return problem;
  }

  /**
   * Commits if it is time, all is settled, anything came since, and the last unit is committed.
   *
   * @throws OwnershipLostException where another owner has taken over
   */
  void saveIfDue(Learner learner) throws OwnershipLostException, InterruptedException {
    ownership.requireSameInput();
    if (writing.isPresent()) {
      if (!writing.get().isDone()) {
        return;
      }
      finish();
    }
    long since = nanoTime.getAsLong() - savedAt;
    boolean due =
        problem.isPresent()
            ? since >= TRY_AGAIN.toNanos()
            : commanded || outgoing.isUrgent() || since >= every.toNanos();
    if (due && isNew(learner)) {
      save(learner);
    }
  }

  /**
   * Commits and waits for it.
   *
   * @return whether everything is committed now; if not, the log says why
   * @throws OwnershipLostException where another owner has taken over
   */
  boolean saveNow(Learner learner) throws OwnershipLostException, InterruptedException {
    if (writing.isPresent()) {
      finish();
    }
    if (isNew(learner)) {
      save(learner);
      finish();
    }
    return outgoing.isEmpty() && Mark.of(learner).equals(saved);
  }

  private boolean isNew(Learner learner) {
    return learner.isSettled()
        && (commanded || !outgoing.isEmpty() || !Mark.of(learner).equals(saved));
  }

  /**
   * Commits an earlier unit in the place of the present, and waits for it: the last of this term.
   *
   * @param control what it says of commands
   * @param answer to who asked for it
   * @return why it is not committed; the last unit stands then
   */
  Optional<String> rollBack(
      Checkpoint then,
      Learner learner,
      DataSince data,
      RolledBack event,
      ControlState control,
      MetricRecord.Commanded answer)
      throws OwnershipLostException, InterruptedException {
    Outbox outbox =
        new Outbox(List.of(), List.of(), List.of(), List.of(event), List.of(answer), List.of());
    Standing ended =
        standing
            .with(control)
            .after(
                event, data == DataSince.SKIP ? CheckpointParts.letGo(then, learner) : List.of());
    Checkpoint unit =
        CheckpointParts.rolledBack(then, learner, data, outbox, outgoing.lastVersion(), ended);
    UnitId id = new UnitId(ownership.term(), unit.step(), units + 1);
    Mark mark = new Mark(CheckpointParts.progress(unit).positions(), unit.step());
    start(id, mark, outbox, ended, unit);
    finish();
    return problem;
  }

  private void save(Learner learner) {
    savedAt = nanoTime.getAsLong();
    UnitId id = new UnitId(ownership.term(), learner.tuner().steps(), units + 1);
    Outbox outbox = outgoing.take();
    Mark mark = Mark.of(learner);
    Standing then = standing.withSent(outbox.letters());
    Checkpoint unit;
    try {
      unit = CheckpointParts.of(learner, outbox, outgoing.lastVersion(), then);
    } catch (RuntimeException e) {
      outgoing.putBack(outbox);
      throw e;
    }
    commanded = false;
    start(id, mark, outbox, then, unit);
  }

  private void start(UnitId id, Mark mark, Outbox outbox, Standing then, Checkpoint unit) {
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
  private Optional<String> write(UnitId id, Checkpoint unit, Commit commit) {
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
      commanded = true; // whether or not this unit carried a command: the next one must
      outgoing.putBack(unit.outbox());
      LOG.errorf(
          "checkpoint %s failed, the one before stands; training waits, the next attempt is in %d"
              + " s: %s",
          unit.id(), TRY_AGAIN.toSeconds(), failure.get());
    } else {
      units++;
      standing = standing.withSent(unit.outbox().letters());
      saved = unit.mark();
      last = Optional.of(unit.id());
      if (problem.isPresent()) {
        LOG.infof("checkpoint %s succeeded, training goes on", unit.id());
      }
    }
    problem = failure;
  }

  /**
   * How far the learner is: replay takes steps while positions stand still.
   *
   * @param positions next offset of every partition
   * @param step steps done
   */
  record Mark(InputPositions positions, long step) {

    static Mark of(Learner learner) {
      return new Mark(learner.progress().positions(), learner.tuner().steps());
    }
  }

  private record Writing(
      UnitId id, Mark mark, Outbox outbox, CompletableFuture<Optional<String>> future) {

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
