package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.publication.ModelVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What training had left behind when a version's weights were taken: where a roll-back goes on
 * from. Units of a store of their own, numbered by version.
 */
final class RestorePoints {

  private static final Logger LOG = Logger.getLogger(RestorePoints.class);

  private final CheckpointStore store;

  RestorePoints(CheckpointStore store) {
    this.store = store;
  }

  /** Saves one. */
  UnitId save(long version, long term, Checkpoint unit) throws IOException {
    UnitId id = new UnitId(term, unit.step(), version);
    if (!store.kept().contains(id)) { // a failure may have left it there
      store.save(id, unit);
    }
    return id;
  }

  /** Removes one whose version was not published after all: it must not push others out. */
  void remove(UnitId id) {
    try {
      store.remove(id);
    } catch (IOException e) {
      LOG.warnf("restore point %s is of no version, and cannot be removed: %s", id, e.getMessage());
    }
  }

  /** Empty where it is pruned or damaged. */
  Optional<Checkpoint> of(ModelVersion version) throws IOException {
    for (UnitId id : store.kept()) {
      if (id.equals(new UnitId(version.term(), version.provenance().step(), version.version()))) {
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
