package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.publication.ModelVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What training had left behind when a version's weights were taken: where a roll-back goes on
 * from. Units of a store of their own, numbered by version.
 */
final class RestorePoints {

  private final CheckpointStore store;

  RestorePoints(CheckpointStore store) {
    this.store = store;
  }

  void save(long version, long term, Checkpoint unit) throws IOException {
    store.save(new UnitId(term, unit.step(), version), unit);
  }

  /** Empty where it is pruned or damaged. */
  Optional<Checkpoint> of(ModelVersion version) throws IOException {
    for (UnitId id : store.kept()) {
      if (id.term() == version.term() && id.number() == version.version()) {
        return store.read(id).map(CheckpointStore.Saved::checkpoint);
      }
    }
    return Optional.empty();
  }

  /** The versions that have one. */
  List<Long> versions() throws IOException {
    return store.kept().stream().map(UnitId::number).sorted().distinct().toList();
  }
}
