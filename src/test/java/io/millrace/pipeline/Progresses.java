package io.millrace.pipeline;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Progress as it is somewhere in a run. */
final class Progresses {

  private Progresses() {}

  /**
   * @param examples trained so far
   * @param newest when the newest of them was sent
   */
  static Progress trained(long examples, Instant newest) {
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
