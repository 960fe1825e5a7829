package io.millrace.pipeline;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** Commands on their way to the training thread. Any thread. */
final class Commands {

  private final Queue<Received> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicReference<InputPositions> beginning =
      new AtomicReference<>(InputPositions.START);

  /** Where the topic is read from, so that the next owner finds what comes from here on. */
  void begin(InputPositions at) {
    beginning.set(at);
  }

  /** See {@link #begin}; nothing but once. */
  InputPositions beginning() {
    return beginning.getAndSet(InputPositions.START);
  }

  void add(String partition, long offset, Command command) {
    waiting.add(new Received(partition, offset + 1, command));
  }

  Optional<Received> next() {
    return Optional.ofNullable(waiting.poll());
  }

  /**
   * A command and where it came from.
   *
   * @param partition {@code topic-partition}
   * @param next the offset behind it
   */
  record Received(String partition, long next, Command command) {}
}
