package io.millrace.model;

import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Adds what a base model lacks: its outputs always, the rest of its head where it has none. */
final class FreshHead {

  private static final double DEVIATION = 0.02;

  private FreshHead() {}

  /**
   * The base's weights with a fresh classifier, and a fresh pooler where the head has one and the
   * base has none.
   *
   * @param seed the values are a function of it and of the tensor's name ({@link Random}'s
   *     algorithm is specified, so they are the same on every JDK)
   */
  static Map<String, HostTensor> addTo(PretrainedModel base, int numLabels, long seed) {
    Map<String, HostTensor> weights = new HashMap<>(base.weights());
    ParameterSpecs specs = base.architecture().parameters(numLabels);
    List<ParameterSpec> head = specs.with(Role.HEAD);
    if (!head.stream().allMatch(spec -> weights.containsKey(spec.name()))) {
      head.forEach(spec -> weights.put(spec.name(), fresh(spec, seed)));
    }
    specs.with(Role.OUTPUT).forEach(spec -> weights.put(spec.name(), fresh(spec, seed)));
    return weights;
  }

  /**
   * A tensor of the head as it is in the beginning. Its first rows are the same for any number of
   * rows.
   */
  static HostTensor fresh(ParameterSpec spec, long seed) {
    HostTensor tensor = HostTensor.zeros(spec.shape());
    float[] values = tensor.data();
    switch (spec.start()) {
      case ZEROS -> {}
      case ONES -> Arrays.fill(values, 1);
      case NORMAL -> {
        Random random = new Random(31 * seed + spec.name().hashCode());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextGaussian() * DEVIATION);
        }
      }
    }
    return tensor;
  }
}
