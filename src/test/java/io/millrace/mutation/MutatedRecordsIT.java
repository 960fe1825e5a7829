package io.millrace.mutation;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service on a seeded selection of the mutated records, over each kind of base. */
class MutatedRecordsIT {

  @TempDir private Path folder;

  @Test
  void noRecordStopsTrainingOrPublicationAndEachHasTheOutcomeComputedBeforehand() {
    MutationRun.ofSelection(folder);
  }
}
