package io.millrace.intake;

import io.millrace.example.Amendments;
import io.millrace.example.InputPositions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The bounded queue between intake and training: closed chunks in front, one open chunk behind. Its
 * bound is the back-pressure: {@link #add} blocks while it is full. What the journal wants repeated
 * goes first, and blocks nobody: its records may come in another order. Thread-safe.
 */
public final class ChunkQueue implements WorkSource {

  /** Of a chunk's records: the largest that a broker takes by default, eight times. */
  static final long MAX_CHUNK_BYTES = 8 << 20;

  private final int chunkRecords;
  private final long maxWaitNanos;
  private final int capacity;
  private final LongSupplier nanoTime;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Work> closed = new ArrayDeque<>();
  private final JournalReplayer repetition;
  private final PendingAmendments amendments = new PendingAmendments();
  private List<IntakeItem> open = new ArrayList<>();
  private long openBytes;
  private long openedAt;
  private InputPositions end;
  private boolean ended;

  /**
   * @param chunkRecords records that fill a chunk; {@link #MAX_CHUNK_BYTES} of them do, too
   * @param maxWait longest a chunk stays open behind its first record
   * @param capacity closed chunks that wait for the training thread
   * @param start positions in front of the first record
   * @param repetition what is to be repeated from there
   * @param nanoTime the clock, nanoseconds
   */
  public ChunkQueue(
      int chunkRecords,
      Duration maxWait,
      int capacity,
      InputPositions start,
      JournalReplayer repetition,
      LongSupplier nanoTime) {
    this.chunkRecords = chunkRecords;
    this.maxWaitNanos = maxWait.toNanos();
    this.capacity = capacity;
    this.end = start;
    this.repetition = repetition;
    this.nanoTime = nanoTime;
    repeat();
  }

  /**
   * Appends to the open chunk; blocks while the queue is full.
   *
   * @throws CancellationException once {@link #end} was called, also to who is blocked
   */
  public void add(IntakeItem arrival) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (closed.size() >= capacity && repetition.isOver() && !ended) {
        changed.await();
      }
      if (ended) {
        throw new CancellationException("training has ended");
      }
      if (repetition.isOver()) {
        append(arrival);
      } else {
        repetition.add(arrival);
        repeat();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether what comes next was begun before a restart. */
  @Override
  public boolean isRepeating() {
    lock.lock();
    try {
      return !repetition.isOver() || !closed.isEmpty() && closed.peekFirst().isRepeated();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next chunk, or what is repeated instead; closes the open one when it waited long enough.
   */
  @Override
  public Optional<Work> poll() {
    lock.lock();
    try {
      closeIfDue();
      Work next = closed.pollFirst();
      if (next == null) {
        return Optional.empty();
      }
      changed.signalAll();
      return Optional.of(next instanceof Chunk chunk ? amended(chunk) : next);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until {@link #poll} has something, or the time is over. */
  public void awaitWork(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        closeIfDue();
        long left = deadline - System.nanoTime();
        if (!closed.isEmpty() || left <= 0) {
          return;
        }
        long untilDue = open.isEmpty() ? left : Math.max(1, maxWaitNanos - openFor());
        // A time-out and a signal lead to the same look at the queue.
        boolean unused = changed.await(Math.min(left, untilDue), TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeIfDue() {
    if (closed.isEmpty() && !open.isEmpty() && openFor() >= maxWaitNanos) {
      close(Chunk.CloseReason.WAITED);
    }
  }

  /** Takes nothing more: whoever waits for room would wait for ever. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** What arrived since this was last asked, about records before it. */
  @Override
  public Amendments amendments() {
    lock.lock();
    try {
      return amendments.news();
    } finally {
      lock.unlock();
    }
  }

  private Chunk amended(Chunk chunk) {
    return chunk.isRepeated()
        ? chunk
        : new Chunk(
            chunk.arrivals(),
            chunk.end(),
            chunk.closedBy(),
            amendments.taken(chunk.arrivals()),
            List.of(),
            /* rewarms= */ false);
  }

  private void append(IntakeItem arrival) {
    amendments.arrived(arrival);
    if (open.isEmpty()) {
      openedAt = nanoTime.getAsLong();
    }
    open.add(arrival);
    openBytes += arrival.record().size();
    end = end.after(arrival.record().position());
    if (open.size() >= chunkRecords || openBytes >= MAX_CHUNK_BYTES) {
      close(Chunk.CloseReason.FULL);
    }
  }

  /**
   * Closes what is complete; what came too early for it and is left over then goes its usual way.
   */
  private void repeat() {
    boolean wasOver = repetition.isOver();
    for (Optional<Work> next = repetition.next(end);
        next.isPresent();
        next = repetition.next(end)) {
      closed.addLast(next.get());
      if (next.get() instanceof Chunk chunk) {
        end = chunk.end();
      }
    }
    if (!wasOver && repetition.isOver()) {
      repetition.rest().forEach(this::append);
    }
  }

  private long openFor() {
    return nanoTime.getAsLong() - openedAt;
  }

  private void close(Chunk.CloseReason reason) {
    closed.addLast(new Chunk(open, end, reason));
    open = new ArrayList<>();
    openBytes = 0;
  }
}
