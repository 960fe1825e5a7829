package io.millrace.run;

import io.millrace.learner.Progress;
import io.millrace.learner.ReplayCounts;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Progress as it is somewhere in a run. */
public final class Progresses {

  private Progresses() {}

  /**
   * @param examples trained so far
   * @param newest when the newest of them was sent
   */
  public static Progress trained(long examples, Instant newest) {
    return new Progress(
        LearnerBuilder.LABELS.names(),
        examples,
        0,
        0,
        0,
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        ReplayCounts.NONE,
        Optional.of(newest),
        Map.of());
  }
}
