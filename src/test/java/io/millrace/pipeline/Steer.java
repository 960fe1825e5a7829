package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.publication.Looks;
import io.millrace.testing.ListedVersions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steering for loops that get no commands. */
final class Steer {

  private Steer() {}

  static Steering nowhere(
      Learner learner, Examiner examiner, Checkpointer checkpointer, Outgoing outgoing) {
    return new Steering(
        "test",
        new Stores(new Nothing(), noRestorePoints(), null, new ListedVersions()),
        new Commands(),
        learner,
        examiner,
        new Judge(PipelineConfigs.of(Map.of()).publication(), null, Looks.NONE),
        checkpointer,
        outgoing,
        new NoLag(),
        record -> {});
  }

  static RestorePoints noRestorePoints() {
    return new RestorePoints(new Nothing());
  }

  private static final class Nothing implements CheckpointStore {

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
    public long highestTerm() {
      return -1;
    }
  }
}
