package io.millrace.version;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which of the versions kept lead to the current one: numbers continue after a roll-back, but the
 * next version's parent is the one rolled back to. Immutable.
 */
public final class VersionLine {

  private final Optional<Long> current;
  private final Set<Long> line = new HashSet<>();
  private final long knownFrom;

  private VersionLine(Map<Long, ModelVersion> kept, Optional<ModelVersion> current) {
    this.current = current.map(ModelVersion::version);
    Optional<ModelVersion> next = current;
    long lowest = Long.MAX_VALUE;
    while (next.isPresent()) {
      line.add(next.get().version());
      Optional<Long> parent = next.get().parent();
      lowest = parent.orElse(0L); // below a parent whose description is gone nothing is known
      next = parent.map(kept::get);
    }
    knownFrom = lowest;
  }

  /**
   * @param kept the versions whose descriptions are there, in any order
   * @param current the current one, empty before the first
   */
  public static VersionLine of(List<ModelVersion> kept, Optional<ModelVersion> current) {
    return new VersionLine(
        kept.stream()
            .collect(
                Collectors.toMap(
                    ModelVersion::version, Function.identity(), (one, other) -> other)),
        current);
  }

  /** Where a version stands. */
  public Standing standing(long version) {
    if (current.filter(number -> number == version).isPresent()) {
      return Standing.CURRENT;
    }
    return version > knownFrom && !line.contains(version)
        ? Standing.ROLLED_BACK
        : Standing.SUPERSEDED;
  }

  /** Where a version stands. */
  public enum Standing {
    /** The one to load. */
    CURRENT,
    /** A later one took its place. */
    SUPERSEDED,
    /** It was taken back: the current version does not come from it. */
    ROLLED_BACK
  }
}
