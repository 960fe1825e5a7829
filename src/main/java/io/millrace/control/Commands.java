package io.millrace.control;

import io.millrace.example.Partition;
import io.millrace.version.ModelVersion;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Commands on their way to the training thread, in order. Any thread. */
public final class Commands {

  private static final int MOST = 1_000;

  private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>(MOST);
  private volatile boolean ended;

  /** Where the topic is read from, so that the next owner finds what comes from here on. */
  public void begin(CommandPositions at) throws InterruptedException {
    put(new Began(at));
  }

  public void add(Partition partition, long offset, Command command) throws InterruptedException {
    put(new Received(partition, offset + 1, command));
  }

  /** The versions topic no longer holds the announcement of the current version. */
  public void unannounced(ModelVersion version) throws InterruptedException {
    put(new Unannounced(version));
  }

  /** Waits while there are too many: the topic keeps the others. */
  private void put(Entry entry) throws InterruptedException {
    boolean done = false;
    while (!done && !ended) {
      done = waiting.offer(entry, 1, TimeUnit.SECONDS);
    }
  }

  public Optional<Entry> next() {
    return Optional.ofNullable(waiting.poll());
  }

  /** Nobody takes any from here on. */
  public void end() {
    ended = true;
  }

  /** What the training thread is told. */
  public sealed interface Entry {}

  /** Reading begins, or goes on elsewhere, in these partitions. */
  public record Began(CommandPositions at) implements Entry {}

  /** The topic no longer holds the announcement of the current version. */
  public record Unannounced(ModelVersion version) implements Entry {}

  /**
   * A command and where it came from.
   *
   * @param partition of the control topic
   * @param next the offset after it
   */
  public record Received(Partition partition, long next, Command command) implements Entry {

    /** {@code topic-partition@offset}. */
    public String position() {
      return partition + "@" + (next - 1);
    }
  }
}
