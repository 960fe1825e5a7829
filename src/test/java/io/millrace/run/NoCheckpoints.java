package io.millrace.run;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import java.util.List;
import java.util.Optional;

/** A store that keeps nothing. */
public final class NoCheckpoints implements CheckpointStore {

  @Override
  public void save(UnitId id, Checkpoint checkpoint) {}

  @Override
  public Optional<Saved> newest() {
    return Optional.empty();
  }

  @Override
  public List<UnitId> kept() {
    return List.of();
  }

  @Override
  public Optional<Saved> read(UnitId id) {
    return Optional.empty();
  }

  @Override
  public void remove(UnitId id, long term) {}

  @Override
  public long highestTerm() {
    return -1;
  }
}
