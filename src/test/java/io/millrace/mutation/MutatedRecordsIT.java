package io.millrace.mutation;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged service on a seeded selection of the mutated records, over each kind of base. */
class MutatedRecordsIT {

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Base.class)
  void noRecordStopsTrainingOrPublicationAndEachHasTheOutcomeComputedBeforehand(Base base)
      throws IOException {
    MutationRun.ofSelection(base, folder);
  }
}
