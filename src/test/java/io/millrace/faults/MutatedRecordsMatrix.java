package io.millrace.faults;

import io.millrace.mutation.Base;
import io.millrace.mutation.MutationRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged service on all 20,000 mutated records, over each kind of base. */
class MutatedRecordsMatrix {

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Base.class)
  void noRecordStopsTrainingOrPublicationAndEachHasTheOutcomeComputedBeforehand(Base base)
      throws IOException {
    MutationRun.ofAll(base, folder);
  }
}
