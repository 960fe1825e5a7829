package io.millrace.pipeline;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.model.arch.Pooling;
import io.millrace.training.FineTunerState;
import io.millrace.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings that a checkpoint cannot follow: what it holds was shaped by them. They are read from
 * what it holds, so those of every release tell them.
 */
final class FixedSettings {

  private static final String EMBEDDINGS = "bert.embeddings.";
  private static final String LAYER = "bert.encoder.layer.";

  private FixedSettings() {}

  /**
   * Compares them.
   *
   * @throws PipelineException naming each setting that differs, and both values
   */
  static void require(CheckpointStore.Saved unit, PipelineConfig config) {
    FineTunerState state = CheckpointParts.tunerState(unit.checkpoint());
    TrainingSettings training = config.training();
    List<Difference> differences = new ArrayList<>();
    Pooling pooling = Pooling.of(state.weights().keySet());
    compare("millrace.model.pooling", config.model().pooling(), pooling, unit.id(), differences);
    TrainingSettings.Optim optim =
        state.secondMoments().isEmpty() ? TrainingSettings.Optim.SGD : TrainingSettings.Optim.ADAMW;
    compare("millrace.training.optim", training.optim(), optim, unit.id(), differences);
    Set<String> trained = state.firstMoments().keySet();
    int frozen = frozenLayers(state.weights().keySet(), trained);
    if (training.freezeLayers() < frozen) {
      compare(
          "millrace.training.freeze-layers",
          training.freezeLayers(),
          frozen,
          unit.id(),
          differences);
    }
    boolean embeddings = trained.stream().anyMatch(name -> name.startsWith(EMBEDDINGS));
    if (!embeddings
        && frozen == 0
        && !training.freezeEmbeddings()
        && training.freezeLayers() == 0) {
      compare("millrace.training.freeze-embeddings", false, true, unit.id(), differences);
    }
    if (!differences.isEmpty()) {
      throw new PipelineException(
          "%s; give %s, another millrace.model.name, or another millrace.store"
              .formatted(
                  differences.stream().map(Difference::toString).collect(Collectors.joining("; ")),
                  differences.stream()
                      .map(Difference::trained)
                      .collect(Collectors.joining(" and "))));
    }
  }

  /** How many layers have no moments: an optimizer cannot begin them in the middle of a run. */
  private static int frozenLayers(Set<String> weights, Set<String> trained) {
    int layers = 0;
    while (has(weights, layers) && !has(trained, layers)) {
      layers++;
    }
    return layers;
  }

  private static boolean has(Set<String> names, int layer) {
    return names.stream().anyMatch(name -> name.startsWith(LAYER + layer + "."));
  }

  private static void compare(
      String setting,
      Object configured,
      Object trained,
      UnitId unit,
      List<Difference> differences) {
    if (!configured.equals(trained)) {
      differences.add(new Difference(setting, value(configured), value(trained), unit));
    }
  }

  /** As it is written in settings. */
  private static String value(Object value) {
    return value.toString().toLowerCase(Locale.ROOT);
  }

  private record Difference(String setting, String configured, String trained, UnitId unit) {
    @Override
    public String toString() {
      return "%s is %s, but checkpoint %s was trained with %s"
          .formatted(setting, configured, unit, trained);
    }
  }
}
