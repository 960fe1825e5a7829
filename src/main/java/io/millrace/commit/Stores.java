package io.millrace.commit;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.config.PipelineConfig;
import io.millrace.identity.StoreIdentity;
import io.millrace.identity.TermRecords;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;

/** Where state is kept. */
public record Stores(
    CheckpointStore checkpoints,
    VersionCheckpoints restorePoints,
    BatchJournal journal,
    VersionStore versions,
    StoreIdentity identity,
    TermRecords terms) {

  /** Where a replica keeps the versions that it fetched; it has no other state. */
  public static VersionStore ofReplica(PipelineConfig config) throws IOException {
    return new FolderVersionStore(
        Path.of(config.model().store(), config.model().name(), "replica"));
  }

  /** A model's folders under {@code millrace.store}; made where absent. */
  public static Stores of(PipelineConfig config) throws IOException {
    Path model = Path.of(config.model().store(), config.model().name());
    Path checkpoints = model.resolve("checkpoints");
    VersionStore versions = new FolderVersionStore(model.resolve("versions"));
    return new Stores(
        new FolderCheckpointStore(checkpoints, config.checkpoint().keep()),
        new VersionCheckpoints(
            FolderCheckpointStore.ofAll(checkpoints.resolve("restore-points")),
            versions,
            config.checkpoint().keepVersions()),
        new FolderBatchJournal(checkpoints.resolve("journal")),
        versions,
        new StoreIdentity(model),
        new TermRecords(checkpoints.resolve("terms")));
  }
}
