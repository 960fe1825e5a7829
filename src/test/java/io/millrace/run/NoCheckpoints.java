package io.millrace.run;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import java.util.List;
import java.util.Optional;

/** A store that keeps nothing. */
public final class NoCheckpoints implements CheckpointStore {

  @Override
  public void save(CheckpointId id, Checkpoint checkpoint) {}

  @Override
  public Optional<Saved> newest() {
    return Optional.empty();
  }

  @Override
  public List<CheckpointId> kept() {
    return List.of();
  }

  @Override
  public Optional<Saved> read(CheckpointId id) {
    return Optional.empty();
  }

  @Override
  public void remove(CheckpointId id, long term) {}

  @Override
  public long highestTerm() {
    return -1;
  }
}
