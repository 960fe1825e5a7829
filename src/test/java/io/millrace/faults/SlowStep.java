package io.millrace.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes each training step of the child process take longer. */
final class SlowStep {

  private SlowStep() {}

  /**
   * @param by what is added to each step
   * @param folder where the rule is written to
   */
  static List<String> agent(Duration by, Path folder) throws IOException {
    return Byteman.agent(
        folder.resolve("slow-step.btm"),
        """
        RULE slow step
        CLASS io.millrace.step.FineTuner
        METHOD step
        AT ENTRY
        IF TRUE
        DO java.lang.Thread.sleep(%d)
        ENDRULE
        """
            .formatted(by.toMillis()));
  }
}
