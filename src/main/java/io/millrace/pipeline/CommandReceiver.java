package io.millrace.pipeline;

import java.util.OptionalLong;

/** The pipeline's way in for commands. Any thread. */
public interface CommandReceiver {

  /** The owner's term, while this instance is the owner: only then are commands wanted. */
  OptionalLong term();

  /** Behind the last command that the owner's unit knows, by partition; others begin at the end. */
  InputPositions commandPositions();

  /** Commands are read from here on in this term: part of the next unit. Returns at once. */
  void commandsBegin(long term, InputPositions at);

  /**
   * Takes a command; returns at once.
   *
   * @param partition {@code topic-partition}
   * @param value its JSON
   * @throws IllegalArgumentException naming the rule it breaks
   */
  void command(long term, String partition, long offset, byte[] value);
}
