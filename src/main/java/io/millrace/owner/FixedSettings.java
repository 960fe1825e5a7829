package io.millrace.owner;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Pooling;
import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings that a checkpoint cannot follow: what it holds was shaped by them. They are read from
 * what it holds, so those of every release tell them.
 */
final class FixedSettings {

  private FixedSettings() {}

  /**
   * Compares them.
   *
   * @param architecture of the base at hand
   * @throws PipelineException naming each setting that differs, and both values
   */
  static void require(
      CheckpointStore.Saved unit, PipelineConfig config, Architecture architecture) {
    FineTunerState state = CheckpointParts.tunerState(unit.checkpoint());
    TrainingSettings training = config.training();
    List<Difference> differences = new ArrayList<>();
    pooling(architecture, state.weights().keySet())
        .ifPresent(
            pooling ->
                compare(
                    "millrace.model.pooling",
                    config.model().pooling(),
                    pooling,
                    unit.id(),
                    differences));
    TrainingSettings.Optim optim =
        state.secondMoments().isEmpty() ? TrainingSettings.Optim.SGD : TrainingSettings.Optim.ADAMW;
    compare("millrace.training.optim", training.optim(), optim, unit.id(), differences);
    Set<String> trained = state.firstMoments().keySet();
    ParameterSpecs specs = architecture.parameters(1);
    int frozen = frozenLayers(specs, state.weights().keySet(), trained);
    if (training.freezeLayers() < frozen) {
      compare(
          "millrace.training.freeze-layers",
          training.freezeLayers(),
          frozen,
          unit.id(),
          differences);
    }
    if (!has(specs, 0, trained)
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

  /** The pooling whose head has just these parameters; empty where there is no choice. */
  private static Optional<Pooling> pooling(Architecture architecture, Set<String> weights) {
    Set<String> head = heads(architecture.parametersOfAnyHead(1));
    head.retainAll(weights);
    return architecture.poolings().stream()
        .filter(pooling -> heads(architecture.with(pooling).parameters(1)).equals(head))
        .findFirst();
  }

  private static Set<String> heads(ParameterSpecs specs) {
    return specs.with(Role.HEAD).stream().map(ParameterSpec::name).collect(Collectors.toSet());
  }

  /** How many layers have no moments: an optimizer cannot begin them in the middle of a run. */
  private static int frozenLayers(ParameterSpecs specs, Set<String> weights, Set<String> trained) {
    int layers = 0;
    while (has(specs, layers + 1, weights) && !has(specs, layers + 1, trained)) {
      layers++;
    }
    return layers;
  }

  /** Whether a parameter of the body at this depth is among them. */
  private static boolean has(ParameterSpecs specs, int depth, Set<String> names) {
    return specs.all().stream()
        .filter(spec -> !spec.role().isHead() && spec.depth() == depth)
        .anyMatch(spec -> names.contains(spec.name()));
  }

  private static void compare(
      String setting,
      Object configured,
      Object trained,
      CheckpointId unit,
      List<Difference> differences) {
    if (!configured.equals(trained)) {
      differences.add(new Difference(setting, value(configured), value(trained), unit));
    }
  }

  /** As it is written in settings. */
  private static String value(Object value) {
    return value.toString().toLowerCase(Locale.ROOT);
  }

  private record Difference(String setting, String configured, String trained, CheckpointId unit) {
    @Override
    public String toString() {
      return "%s is %s, but checkpoint %s was trained with %s"
          .formatted(setting, configured, unit, trained);
    }
  }
}
