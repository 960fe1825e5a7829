package io.millrace.control;

import java.time.Duration;
import java.util.Optional;

/** Knows what became of commands, whichever instance is asked and whichever obeyed. Any thread. */
@FunctionalInterface
public interface CommandOutcomes {

  /**
   * Looks for a command on the control topic, and for its answer.
   *
   * @param atMost how long it may take
   * @return empty where the topic has no command of this id
   * @throws IllegalStateException where the broker does not tell in time; says why
   */
  Optional<CommandOutcome> find(String id, Duration atMost) throws InterruptedException;
}
