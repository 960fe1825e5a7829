package io.millrace.pipeline;

import io.millrace.example.InboundRecord;
import java.util.List;

/** The pipeline's way in: what a source of records calls. */
public interface RecordReceiver {

  /**
   * Takes records of the example and held-out topics in the order of their partitions. Blocks while
   * the queue in front of the training thread is full, so never call it on an event loop. A record
   * below the position already received is ignored.
   *
   * @throws InterruptedException when interrupted while blocked; the records not taken yet are then
   *     not part of {@link #positions()}
   * @throws java.util.concurrent.CancellationException once training has ended
   */
  void receive(List<InboundRecord> records) throws InterruptedException;

  /** Where a source must start or resume reading. Any thread. */
  InputPositions positions();
}
