package io.millrace.intake;

import io.millrace.example.RecordPosition;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the broker still holds of a model's past. Any thread. */
public interface RecordArchive {

  /** The topics that records are read from. */
  List<String> inputs();

  /** Opens them; closed by the caller. */
  RecordLog open();

  /** What was ever announced of a model. */
  Announced announced(String model) throws InterruptedException;

  /** Ids of these topics; those without one are missing, and all where they cannot be told. */
  default Map<String, String> topicIds() throws InterruptedException {
    return Map.of();
  }

  /**
   * Why records were dead-lettered; those that were not are missing.
   *
   * @param since when the present topic of a name took the place of another: letters from before
   *     are about that; empty where it is the first
   */
  Map<RecordPosition, String> refusals(
      Set<RecordPosition> of, Function<String, Optional<Instant>> since)
      throws InterruptedException;

  /**
   * A model's past.
   *
   * @param versions every one, in order
   * @param rollBacks in order
   */
  record Announced(List<ModelVersion> versions, List<RolledBack> rollBacks) {

    public Announced {
      versions = List.copyOf(versions);
      rollBacks = List.copyOf(rollBacks);
    }
  }
}
