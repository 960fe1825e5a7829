package io.millrace.pipeline;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Commands on their way to the training thread. Any thread. */
final class Commands {

  private final Queue<Received> waiting = new ConcurrentLinkedQueue<>();

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
