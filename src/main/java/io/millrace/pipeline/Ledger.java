package io.millrace.pipeline;

import io.millrace.publication.ModelVersion;
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

  /** That of a model nobody has trained yet. */
  public static final Ledger EMPTY =
      new Ledger(Optional.empty(), InputPositions.START, Optional.empty());
}
