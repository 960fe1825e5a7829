package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ServiceCommand;
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
    CrashRun run = new CrashRun("crashed", 1, folder.resolve("b"));
    Outcome crashed =
        run.run(
            service -> {
              service.dieAt(CrashPoint.AFTER_STEP, 9);
              service.dieAt(CrashPoint.SENT, 4);
            });

    // Then
    crashed.assertWhole();
    assertThat(crashed.hasWeightsOf(uninterrupted)).isTrue();
    assertRebuilt(run, crashed);
  }

  static void assertRebuilt(CrashRun run, Outcome outcome)
      throws IOException, InterruptedException {
    long last = outcome.versions().get(outcome.versions().size() - 1);
    ServiceCommand rebuilt = run.rebuild(last);
    assertThat(rebuilt.output()).contains("version " + last + " is exactly these examples");
    assertThat(rebuilt.exitCode()).isZero();
  }
}
