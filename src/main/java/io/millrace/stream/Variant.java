package io.millrace.stream;

import io.millrace.pipeline.PipelineConfig;
import java.util.List;
import java.util.Map;

/**
 * The service with some of its settings given: one more is one more line here.
 *
 * @param name in tables
 * @param settings by full name, over those that were given to all
 */
record Variant(String name, Map<String, String> settings) {

  private static final String SIZE = "millrace.replay.size";
  private static final String PASSES = "millrace.replay.passes";
  private static final String DRIFT = "millrace.drift.enabled";

  /** Examples kept where the settings keep none. */
  private static final int KEPT = 2000;

  Variant {
    settings = Map.copyOf(settings);
  }

  /**
   * All of them. Replay has the size, ratio and strategy of the settings, drift its reactions; in
   * idle time replay takes as many passes as training from scratch does.
   */
  static List<Variant> all(PipelineConfig given) {
    String size = Integer.toString(given.replay().size() > 0 ? given.replay().size() : KEPT);
    String passes = Integer.toString(BatchArm.PASSES);
    return List.of(
        new Variant("continuous", Map.of(SIZE, "0", DRIFT, "false")),
        new Variant("replay", Map.of(SIZE, size, PASSES, "1", DRIFT, "false")),
        new Variant("drift reaction", Map.of(SIZE, "0", DRIFT, "true")),
        new Variant("replay, drift", Map.of(SIZE, size, PASSES, "1", DRIFT, "true")),
        new Variant("idle replay, drift", Map.of(SIZE, size, PASSES, passes, DRIFT, "true")));
  }
}
