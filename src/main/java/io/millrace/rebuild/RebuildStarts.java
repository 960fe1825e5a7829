package io.millrace.rebuild;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Stores;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalPosition;
import io.millrace.lineage.RecordOutcomes;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The units that a version can be trained again from: the last checkpoints, and what earlier
 * versions were made of. One thread.
 */
final class RebuildStarts {

  private final Stores stores;
  private final List<Unit> units = new ArrayList<>();

  /** Reads where each stands. */
  RebuildStarts(Stores stores) throws IOException {
    this.stores = stores;
    for (CheckpointId id : stores.checkpoints().kept()) {
      CheckpointParts.position(stores.checkpoints(), id)
          .ifPresent(at -> units.add(new Unit(id, at, Optional.empty())));
    }
    for (CheckpointId id : stores.restorePoints().kept()) {
      stores
          .restorePoints()
          .position(id)
          .ifPresent(at -> units.add(new Unit(id, at, Optional.of(id.number()))));
    }
    units.sort(
        Comparator.comparingLong((Unit unit) -> unit.at().chunks() + unit.at().idleSteps())
            .reversed());
  }

  /** Their names. */
  List<CheckpointId> names() {
    return units.stream().map(Unit::id).sorted().toList();
  }

  /**
   * Those that a version comes from, the last first.
   *
   * @param end where the version stands
   */
  List<Start> of(ModelVersion version, JournalPosition end) throws IOException {
    List<Start> starts = new ArrayList<>();
    for (Unit unit : units) {
      // What the version itself was made of proves nothing.
      boolean isBefore = unit.version().map(made -> made < version.version()).orElse(true);
      if (isBefore && end.isAtOrBehind(unit.at())) {
        Optional<Entries> between =
            stores.journal().lineage(Optional.of(unit.id()), unit.at(), version.term(), end);
        between.ifPresent(entries -> starts.add(new Start(unit, entries)));
      }
    }
    return starts;
  }

  /** The number of the oldest version in the store that comes from any of them. */
  Optional<Long> oldest() throws IOException {
    for (ModelVersion version : stores.versions().list()) {
      Optional<JournalPosition> end = RecordOutcomes.end(version);
      if (end.isPresent() && !of(version, end.get()).isEmpty()) {
        return Optional.of(version.version());
      }
    }
    return Optional.empty();
  }

  /**
   * One with what was trained from it up to the version.
   *
   * @param between in order
   */
  final class Start {

    private final Unit unit;
    private final Entries between;

    private Start(Unit unit, Entries between) {
      this.unit = unit;
      this.between = between;
    }

    Entries between() {
      return between;
    }

    /** The unit; empty where it is damaged. */
    Optional<CheckpointStore.Saved> read() throws IOException {
      return unit.version().isPresent()
          ? stores.restorePoints().read(unit.id())
          : stores.checkpoints().read(unit.id());
    }
  }

  /**
   * @param version the version that was made of it; empty for a checkpoint
   */
  private record Unit(CheckpointId id, JournalPosition at, Optional<Long> version) {}
}
