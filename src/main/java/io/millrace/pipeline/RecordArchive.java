package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.RolledBack;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the broker still holds of a model's past. Any thread. */
public interface RecordArchive {

  /** The topics that records are read from. */
  List<String> inputs();

  /** Opens them; closed by the caller. */
  RecordLog open();

  /** What was ever announced of a model. */
  Announced announced(String model) throws InterruptedException;

  /** Why records were dead-lettered; those that were not are missing. */
  Map<RecordPosition, String> refusals(Set<RecordPosition> of) throws InterruptedException;

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
