package io.millrace.serving;

import io.millrace.version.ModelVersion;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The versions that can answer, by what they are loaded for; one may be there for several reasons.
 * Immutable. Who puts a model in holds it once, however many slots it has.
 */
final class LoadedVersions {

  static final LoadedVersions NONE = new LoadedVersions(Map.of());

  private final Map<Slot, RefCountedModel> slots;

  private LoadedVersions(Map<Slot, RefCountedModel> slots) {
    this.slots = Map.copyOf(slots);
  }

  Optional<RefCountedModel> get(Slot slot) {
    return Optional.ofNullable(slots.get(slot));
  }

  /** The one with this number. */
  Optional<RefCountedModel> get(long number) {
    return slots.values().stream().filter(model -> model.version().version() == number).findFirst();
  }

  /** That of a version, as it was made: a number may be given again by another owner. */
  Optional<RefCountedModel> get(ModelVersion version) {
    return slots.values().stream().filter(model -> model.is(version)).findFirst();
  }

  LoadedVersions with(Slot slot, RefCountedModel model) {
    Map<Slot, RefCountedModel> next = new EnumMap<>(Slot.class);
    next.putAll(slots);
    next.put(slot, model);
    return new LoadedVersions(next);
  }

  LoadedVersions without(Slot slot) {
    Map<Slot, RefCountedModel> next = new EnumMap<>(Slot.class);
    next.putAll(slots);
    next.remove(slot);
    return new LoadedVersions(next);
  }

  /** Each model once. */
  Collection<RefCountedModel> models() {
    return new HashSet<>(slots.values());
  }

  /** Those that others no longer have. */
  Collection<RefCountedModel> notIn(LoadedVersions others) {
    Set<RefCountedModel> gone = new HashSet<>(slots.values());
    gone.removeAll(others.slots.values());
    return gone;
  }
}
