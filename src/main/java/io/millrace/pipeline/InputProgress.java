package io.millrace.pipeline;

import java.util.OptionalLong;

/** What the pipeline asks of its source. */
public interface InputProgress {

  /**
   * Makes the positions visible to operators' tools (consumer-group lag). The checkpoint, not this,
   * decides where a restart resumes. Does not block.
   *
   * @param positions next offsets
   * @param checkpointId the id of the checkpoint that holds them
   */
  void committed(InputPositions positions, String checkpointId);

  /**
   * Records on the broker at or behind these positions, over all assigned partitions; empty while
   * unknown. Does not block.
   */
  OptionalLong lag(InputPositions positions);
}
