package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short selection of {@link FaultMatrix}. */
class CrashRecoveryIT {

  @TempDir private Path folder;

  @Test
  void killedBehindAStepAndInTheMiddleOfACommitTheWeightsAreThoseOfARunThatNeverDied()
      throws IOException, InterruptedException {
    // Given
    Outcome uninterrupted = new CrashRun("unharmed", 1, folder.resolve("a")).run(run -> {});
    uninterrupted.assertWhole();

    // When
    Outcome crashed =
        new CrashRun("crashed", 1, folder.resolve("b"))
            .run(
                run -> {
                  run.dieAt(CrashPoint.AFTER_STEP, 9);
                  run.dieAt(CrashPoint.SENT, 4);
                });

    // Then
    crashed.assertWhole();
    assertThat(crashed.hasWeightsOf(uninterrupted)).isTrue();
  }
}
