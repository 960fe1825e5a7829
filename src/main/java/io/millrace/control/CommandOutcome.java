package io.millrace.control;

import java.time.Instant;
import java.util.Optional;

/**
 * Outcome of a command.
 *
 * @param id chosen by its sender
 * @param outcome whether it was obeyed
 * @param command what it asked for; empty while it waits
 * @param detail why, in words
 * @param by the requester; empty if the command names none, or while it waits
 * @param position {@code topic-partition@offset} of its record
 * @param time of the answer; of the command while it waits
 */
public record CommandOutcome(
    String id,
    Outcome outcome,
    Optional<String> command,
    String detail,
    Optional<String> by,
    Optional<String> position,
    Instant time) {

  /** How far it is. */
  public enum Outcome {
    /** It is on the topic, and the trainer has not answered yet. */
    waiting,
    done,
    refused,
    /** One of its id was answered before, and that answer is no longer held. */
    ignored
  }
}
