package io.millrace.pipeline;

import static java.util.Comparator.naturalOrder;

import io.millrace.checkpoint.UnitId;
import io.millrace.publication.ModelVersion;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What the broker knows of a model's past.
 *
 * @param unit the unit that was committed last, by the metadata of the group's offsets; empty where
 *     none was
 * @param positions the group's offsets
 * @param lastVersion the version that was announced last; empty where none was
 */
public record Ledger(
    Optional<String> unit, InputPositions positions, Optional<ModelVersion> lastVersion) {

  /**
   * The newest of some units' names: a partition that is no longer read keeps an older one. What is
   * no unit's name was written by something else than this release, and is older than any.
   */
  public static Optional<String> newest(Collection<String> names) {
    return names.stream()
        .max(
            Comparator.comparing(
                    UnitId::parse,
                    Comparator.comparing(
                        unit -> unit.orElse(null), Comparator.nullsFirst(naturalOrder())))
                .thenComparing(naturalOrder()));
  }

  /** That of a model nobody has trained yet. */
  public static final Ledger EMPTY =
      new Ledger(Optional.empty(), InputPositions.START, Optional.empty());
}
