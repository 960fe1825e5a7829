package io.millrace.backtest;

import io.millrace.config.PipelineConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The service with some of its settings given: one more is one more line here.
 *
 * @param name in tables
 * @param settings by full name, over those that were given to all
 * @param twin the variant that it is equal to, step by step, where that one reacts to no drift
 */
record Variant(String name, Map<String, String> settings, Optional<String> twin) {

  private static final String NO_REPLAY = "no replay";
  private static final Map<String, String> KEEPS_NONE = Map.of("millrace.replay.size", "0");

  /** Nothing but the detectors reads the score that the service takes in front of a step. */
  private static final Map<String, String> NO_DRIFT =
      Map.of("millrace.drift.enabled", "false", "millrace.evaluation.prequential-share", "0");

  private static final Map<String, String> NEITHER =
      Map.of(
          "millrace.replay.size", "0",
          "millrace.drift.enabled", "false",
          "millrace.evaluation.prequential-share", "0");

  Variant {
    settings = Map.copyOf(settings);
  }

  /** The service as its settings want it: the arm that the others are compared with. */
  static Variant ours() {
    return new Variant(StrategyPlan.OURS, Map.of(), Optional.empty());
  }

  /** The same without what it has beyond training on each example once. */
  static List<Variant> lesser(PipelineConfig given) {
    boolean replays = given.replay().size() > 0;
    boolean reacts = given.drift().enabled();
    List<Variant> all = new ArrayList<>();
    if (reacts) {
      all.add(new Variant("no drift reaction", NO_DRIFT, Optional.of(StrategyPlan.OURS)));
    }
    if (replays && given.replay().passes() > 1) {
      all.add(new Variant("no idle time", Map.of("millrace.replay.passes", "1"), Optional.empty()));
    }
    if (replays) {
      all.add(new Variant(NO_REPLAY, KEEPS_NONE, Optional.empty()));
    }
    if (replays && reacts) {
      all.add(new Variant("neither", NEITHER, Optional.of(NO_REPLAY)));
    }
    return List.copyOf(all);
  }
}
