package io.millrace.control;

import io.millrace.example.Partition;
import io.millrace.version.ModelVersion;
import java.util.OptionalLong;

/** The pipeline's way in for commands. Any thread. */
public interface CommandReceiver {

  /** The owner's term, while this instance is the owner: only then are commands wanted. */
  OptionalLong term();

  /** How far the owner's unit has obeyed the control topic when its term began. */
  CommandPositions commandPositions();

  /**
   * Commands of these partitions are read from here on: part of the next unit, from which the next
   * owner goes on. Waits while more commands wait than the owner takes in.
   */
  void commandsBegin(long term, CommandPositions at) throws InterruptedException;

  /** The versions topic no longer holds the announcement of this version, which is current. */
  void unannounced(ModelVersion version) throws InterruptedException;

  /**
   * Takes a record of the control topic, and sees to it that it is answered; one that is no command
   * is refused. Likewise.
   *
   * @param partition of the control topic
   * @param value its JSON
   */
  void command(long term, Partition partition, long offset, byte[] value)
      throws InterruptedException;
}
