package io.millrace.intake;

import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import java.util.List;
import java.util.Set;

/**
 * The pipeline's way in: what a source of records calls. Only the owner of the model receives
 * records; {@link #takeOver} makes an instance the owner, {@link #giveUp} a standby again.
 */
public interface RecordReceiver {

  /** Place of the problem that the store belongs to something else than what is there. */
  String IDENTITY = "identity";

  /**
   * Takes records of the example and held-out topics in the order of their partitions. Blocks while
   * the queue in front of the training thread is full, so never call it on an event loop. A record
   * below the position already received is ignored, and so are all of an ownership that is over.
   *
   * @param generation of the source's membership when it got them
   * @throws InterruptedException when interrupted while blocked; the records not taken yet are then
   *     not part of {@link #positions()}
   * @throws PipelineException once training has failed
   */
  void receive(int generation, List<InboundRecord> records) throws InterruptedException;

  /**
   * Becomes the owner: fences the one before, goes on from the last commit unit.
   *
   * @param generation of the source's membership from now on; records of an earlier one are ignored
   * @return where to read from
   * @throws PipelineException where that is impossible; says why
   */
  InputPositions takeOver(int generation) throws InterruptedException;

  /** Stops without a commit and becomes a standby; does nothing where it is one. Does not wait. */
  void giveUp(String why);

  /** Whether this instance is the owner. */
  boolean isOwner();

  /**
   * Whether all of these topics were there when the owner took over. Of one that came since, nobody
   * has compared what it is: that asks for another take-over.
   */
  boolean knows(Set<String> topics);

  /** Where the owner reads on in a partition that comes later. */
  InputPositions positions();
}
