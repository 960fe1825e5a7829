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

  /** For runs that are never rolled back. */
  static final RestorePoints NONE = new RestorePoints(Optional.empty());

  private final Optional<CheckpointStore> store;

  RestorePoints(CheckpointStore store) {
    this(Optional.of(store));
  }

  private RestorePoints(Optional<CheckpointStore> store) {
    this.store = store;
  }

  void save(long version, long term, Checkpoint unit) throws IOException {
    if (store.isPresent()) {
      store.get().save(new UnitId(term, unit.step(), version), unit);
    }
  }

  /** Empty where it is pruned or damaged. */
  Optional<Checkpoint> of(ModelVersion version) throws IOException {
    for (UnitId id : kept()) {
      if (id.term() == version.term() && id.number() == version.version()) {
        return store.orElseThrow().read(id).map(CheckpointStore.Saved::checkpoint);
      }
    }
    return Optional.empty();
  }

  private List<UnitId> kept() throws IOException {
    return store.isPresent() ? store.get().kept() : List.of();
  }

  /** The versions that have one. */
  List<Long> versions() throws IOException {
    return kept().stream().map(UnitId::number).sorted().distinct().toList();
  }
}
