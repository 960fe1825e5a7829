package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import io.millrace.publication.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the broker still holds of a model's past. Any thread. */
public interface RecordArchive {

  /** The topics that records are read from. */
  List<String> inputs();

  /** Opens them; closed by the caller. */
  RecordLog open();

  /** Every version of a model that was ever announced, in order. */
  List<ModelVersion> announced(String model) throws InterruptedException;

  /** Why records were dead-lettered; those that were not are missing. */
  Map<RecordPosition, String> refusals(Set<RecordPosition> of) throws InterruptedException;
}
