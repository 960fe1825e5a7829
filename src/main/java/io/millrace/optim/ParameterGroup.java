package io.millrace.optim;

import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpecs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parameters that are updated alike.
 *
 * @param names in the order of the model's file
 * @param rateFactor what the schedule's rate is multiplied by
 * @param weightDecay per step, times the rate
 */
public record ParameterGroup(List<String> names, double rateFactor, double weightDecay) {

  public ParameterGroup {
    names = List.copyOf(names);
  }

  /**
   * The trained parameters in groups; frozen ones are in none. The head has its own rate where one
   * is set. Below it the rate falls by {@code layer-lr-decay} from layer to layer, embeddings last
   * (Howard and Ruder, arXiv:1801.06146; as in ELECTRA's code).
   *
   * @param names of those that may be trained, in the order of the model's file
   * @param specs of the model
   */
  public static List<ParameterGroup> of(
      Set<String> names, ParameterSpecs specs, TrainingSettings settings) {
    record Key(double rateFactor, double weightDecay) {}
    Map<Key, List<String>> groups = new LinkedHashMap<>();
    for (String name : names) {
      ParameterSpec spec = specs.named(name).orElseThrow();
      ModelDepth depth = ModelDepth.of(spec, specs.layers());
      if (!depth.isFrozen(settings)) {
        Key key = new Key(depth.rateFactor(settings), spec.decays() ? settings.weightDecay() : 0);
        groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(name);
      }
    }
    return groups.entrySet().stream()
        .map(
            group ->
                new ParameterGroup(
                    group.getValue(), group.getKey().rateFactor(), group.getKey().weightDecay()))
        .toList();
  }
}
