package io.millrace.model;

import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.torch.file.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Gives a classifier more labels: rows after its own, which stay as they are. Any thread. */
public final class HeadRows {

  private HeadRows() {}

  /**
   * Weights with the new rows that a fresh model has.
   *
   * @param weights by name, with outputs of at most as many rows
   * @param specs of the model with all its labels
   * @param seed of the fresh rows
   */
  public static Map<String, HostTensor> fresh(
      Map<String, HostTensor> weights, ParameterSpecs specs, long seed) {
    return add(weights, specs, spec -> FreshHead.fresh(spec, seed));
  }

  /**
   * Moments with new rows of 0.
   *
   * @param moments by name; where those of the outputs are missing they stay so
   * @param specs of the model with all its labels
   */
  public static Map<String, HostTensor> zero(
      Map<String, HostTensor> moments, ParameterSpecs specs) {
    return add(moments, specs, spec -> HostTensor.zeros(spec.shape()));
  }

  private static Map<String, HostTensor> add(
      Map<String, HostTensor> tensors,
      ParameterSpecs specs,
      Function<ParameterSpec, HostTensor> all) {
    Map<String, HostTensor> grown = new LinkedHashMap<>(tensors);
    for (ParameterSpec spec : specs.with(Role.OUTPUT)) {
      grown.computeIfPresent(spec.name(), (unused, tensor) -> tensor.withRowsOf(all.apply(spec)));
    }
    return grown;
  }
}
