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
  private static final String ON_LOSS = "millrace.drift.on-loss";

  /** Examples kept where the settings keep none. */
  private static final int KEPT = 2000;

  Variant {
    settings = Map.copyOf(settings);
  }

  /**
   * All of them. Replay has the size, ratio and strategy of the settings; in idle time it takes as
   * many passes as training from scratch does.
   */
  static List<Variant> all(PipelineConfig given) {
    String size = Integer.toString(given.replay().size() > 0 ? given.replay().size() : KEPT);
    return List.of(
        new Variant("continuous", Map.of(SIZE, "0", DRIFT, "false")),
        new Variant("with replay", Map.of(SIZE, size, PASSES, "1", DRIFT, "false")),
        new Variant(
            "with idle replay",
            Map.of(SIZE, size, PASSES, Integer.toString(BatchArm.PASSES), DRIFT, "false")),
        new Variant(
            "with replay and drift reaction",
            Map.of(SIZE, size, PASSES, "1", DRIFT, "true", ON_LOSS, "REWARM,RAISE_REPLAY")));
  }
}
