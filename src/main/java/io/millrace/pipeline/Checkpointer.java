package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Saves what training left behind, behind a chunk or a step of idle time. It copies on the training
 * thread and writes on another, so that training does not wait for the disk.
 */
final class Checkpointer {

  private static final Logger LOG = Logger.getLogger(Checkpointer.class);
  private static final Duration DEAD_LETTERS_TIMEOUT = Duration.ofSeconds(20);

  private final CheckpointStore store;
  private final DeadLetterOffice deadLetters;
  private final InputProgress input;
  private final Duration every;
  private final ExecutorService writer;
  private final LongSupplier nanoTime;

  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private long savedAt;
  private volatile Mark saved;
  private volatile Optional<String> lastId;

  /**
   * @param saved where the checkpoint stood that training started from
   * @param lastId its id, empty at the base
   * @param writer one thread
   */
  Checkpointer(
      CheckpointStore store,
      DeadLetterOffice deadLetters,
      InputProgress input,
      Duration every,
      Mark saved,
      Optional<String> lastId,
      ExecutorService writer,
      LongSupplier nanoTime) {
    this.store = store;
    this.deadLetters = deadLetters;
    this.input = input;
    this.every = every;
    this.saved = saved;
    this.lastId = lastId;
    this.writer = writer;
    this.nanoTime = nanoTime;
    this.savedAt = nanoTime.getAsLong();
  }

  /** The id of the last checkpoint. Any thread. */
  Optional<String> lastId() {
    return lastId;
  }

  /** Saves if it is time, all is settled, anything came since, and the last one is written. */
  void saveIfDue(Learner learner) throws InterruptedException {
    boolean due = nanoTime.getAsLong() - savedAt >= every.toNanos();
    if (due && writing.isDone() && isNew(learner)) {
      save(learner);
    }
  }

  /**
   * Saves and waits until it is on disk.
   *
   * @return whether everything is saved now; if not, the log says why
   */
  boolean saveNow(Learner learner) throws InterruptedException {
    writing.join();
    if (isNew(learner)) {
      save(learner);
      writing.join();
    }
    return Mark.of(learner).equals(saved);
  }

  private boolean isNew(Learner learner) {
    return learner.isSettled() && !Mark.of(learner).equals(saved);
  }

  private void save(Learner learner) throws InterruptedException {
    savedAt = nanoTime.getAsLong();
    if (!deadLetters.settle(DEAD_LETTERS_TIMEOUT)) {
      LOG.error("no checkpoint yet: dead letters are not on the broker; training goes on");
      return;
    }
    Checkpoint checkpoint = CheckpointParts.of(learner);
    Mark mark = Mark.of(learner);
    writing = CompletableFuture.runAsync(() -> write(checkpoint, mark), writer);
  }

  private void write(Checkpoint checkpoint, Mark mark) {
    long start = nanoTime.getAsLong();
    try {
      String id = store.save(checkpoint);
      lastId = Optional.of(id);
      saved = mark;
      input.committed(mark.positions(), id);
      LOG.infof(
          "checkpoint %s behind step %d, written in %.1f s",
          id, checkpoint.step(), (nanoTime.getAsLong() - start) / 1e9);
    } catch (IOException | RuntimeException e) {
      LOG.errorf(
          "checkpoint behind step %d failed, the one before stands; the next attempt is in %s: %s",
          checkpoint.step(), every, e.getMessage());
    }
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
}
