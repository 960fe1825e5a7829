package io.millrace.serving.replica;

import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the versions topic has said of a model so far, in whatever order its partitions came: what
 * was sent later wins, not what was read later. One thread.
 */
final class AnnouncedVersions {

  /** Announcements remembered: as far as one may roll back, and more. */
  static final int REMEMBERED = 100;

  private static final Comparator<RolledBack> IN_ORDER =
      Comparator.comparingLong(RolledBack::lastVersion).thenComparing(RolledBack::time);

  private final Optional<Long> pin;
  private final TreeMap<Long, ModelVersion> versions = new TreeMap<>();
  private Optional<RolledBack> rollBack = Optional.empty();

  /**
   * @param pin a version that is never forgotten
   */
  AnnouncedVersions(Optional<Long> pin) {
    this.pin = pin;
  }

  /** Of two versions with the same number, the later owner's counts. */
  void add(ModelVersion version) {
    versions.merge(
        version.version(),
        version.withoutConfusion(), // a hundred matrices of a thousand labels fill the heap
        (known, read) -> read.term() < known.term() ? known : read);
    rollBack = rollBack.filter(this::stands);
    if (versions.size() > REMEMBERED) {
      versions.keySet().stream()
          .filter(number -> !pin.equals(Optional.of(number)))
          .findFirst()
          .ifPresent(versions::remove);
    }
  }

  /** Changes nothing if a version or another roll-back came after it. */
  void add(RolledBack event) {
    if (stands(event) && rollBack.filter(known -> IN_ORDER.compare(known, event) > 0).isEmpty()) {
      rollBack = Optional.of(event);
    }
  }

  private boolean stands(RolledBack event) {
    return versions.isEmpty() || versions.lastKey() <= event.lastVersion();
  }

  Optional<ModelVersion> current() {
    return rollBack.isPresent()
        ? Optional.ofNullable(versions.get(rollBack.get().version()))
        : Optional.ofNullable(versions.lastEntry()).map(entry -> entry.getValue());
  }

  Optional<ModelVersion> pinned() {
    return pin.map(versions::get);
  }

  /** The one that says which version is current; empty where that is the newest. */
  Optional<RolledBack> rollBack() {
    return rollBack;
  }

  /** How many are remembered. */
  int size() {
    return versions.size();
  }
}
