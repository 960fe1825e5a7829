package io.millrace.commit;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.journal.JournalPosition;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionLine;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What training had left behind when a version's weights were taken: where a roll-back goes on
 * from. Units of a store of their own, numbered by version. Those of the current version and its
 * predecessor stay whatever the number kept, as the next roll-back may want them; those of versions
 * that were rolled back, or never announced, are the first to go.
 */
public final class VersionCheckpoints {

  private static final Logger LOG = Logger.getLogger(VersionCheckpoints.class);

  private final CheckpointStore store;
  private final VersionStore versions;
  private final int keep;

  /**
   * @param store keeps all until they are removed
   * @param versions what was announced, and which is current
   * @param keep how many stay
   */
  public VersionCheckpoints(CheckpointStore store, VersionStore versions, int keep) {
    this.store = store;
    this.versions = versions;
    this.keep = keep;
  }

  /**
   * Saves one, and removes those beyond the number kept.
   *
   * @param parent the version that it is to replace, which may not be announced yet
   */
  public CheckpointId save(long version, Optional<Long> parent, long term, Checkpoint unit)
      throws IOException {
    CheckpointId id = new CheckpointId(term, unit.step(), version);
    if (!store.kept().contains(id)) { // a failure may have left it there
      store.save(id, unit);
    }
    prune(version, parent, term);
    return id;
  }

  /** Not where the owner of a later term writes already: what may go is that one's to say. */
  private void prune(long version, Optional<Long> parent, long term) throws IOException {
    List<ModelVersion> announced = versions.list();
    Optional<ModelVersion> current = versions.current();
    Set<Long> pinned = new HashSet<>(Set.of(version));
    parent.ifPresent(pinned::add);
    current.map(ModelVersion::version).ifPresent(pinned::add);
    current.flatMap(ModelVersion::parent).ifPresent(pinned::add);
    VersionLine line = VersionLine.of(announced, current);
    Set<CheckpointId> wanted =
        announced.stream()
            .filter(one -> line.standing(one.version()) != VersionLine.Standing.ROLLED_BACK)
            .map(VersionCheckpoints::id)
            .collect(Collectors.toSet());
    List<CheckpointId> kept = store.kept();
    List<CheckpointId> expired =
        kept.stream()
            .filter(id -> !pinned.contains(id.number()))
            .sorted(Comparator.comparing(wanted::contains)) // and the oldest first, as they are
            .limit(Math.max(0, kept.size() - keep))
            .toList();
    for (CheckpointId id : expired) {
      if (store.highestTerm() > term) {
        return;
      }
      remove(id, term);
    }
  }

  /** Removes one; where its version was not published after all, it must not push others out. */
  public void remove(CheckpointId id) {
    remove(id, id.term());
  }

  private void remove(CheckpointId id, long term) {
    try {
      store.remove(id, term);
    } catch (IOException e) {
      LOG.warnf(
          "restore point %s cannot be removed, the next publication tries again: %s",
          id, e.getMessage());
    }
  }

  private static CheckpointId id(ModelVersion version) {
    return new CheckpointId(version.term(), version.provenance().step(), version.version());
  }

  /** Empty where it is pruned or damaged. */
  public Optional<Checkpoint> of(ModelVersion version) throws IOException {
    for (CheckpointId id : store.kept()) {
      if (id.equals(id(version))) {
        return store.read(id).map(CheckpointStore.Saved::checkpoint);
      }
    }
    return Optional.empty();
  }

  /** Their names, ascending. */
  public List<CheckpointId> kept() throws IOException {
    return store.kept();
  }

  /** Where one stands, without reading its tensors; empty where it is damaged. */
  public Optional<JournalPosition> position(CheckpointId id) throws IOException {
    return CheckpointParts.position(store, id);
  }

  /** One; empty where it is damaged. */
  public Optional<CheckpointStore.Saved> read(CheckpointId id) throws IOException {
    return store.read(id);
  }

  /** The versions that have one. */
  public List<Long> versions() throws IOException {
    return store.kept().stream().map(CheckpointId::number).sorted().distinct().toList();
  }
}
