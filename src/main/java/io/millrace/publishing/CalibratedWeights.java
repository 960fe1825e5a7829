package io.millrace.publishing;

import io.millrace.model.block.ModelParameters;
import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.score.Temperature;
import io.millrace.torch.file.HostTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights with a temperature folded into their classifier, so that every loader has it; the
 * training weights do not change.
 */
public final class CalibratedWeights {

  private CalibratedWeights() {}

  /**
   * @param model whose weights are copied
   */
  public static Map<String, HostTensor> of(ModelParameters model, Temperature temperature) {
    Map<String, HostTensor> weights = model.merged();
    if (temperature.equals(Temperature.NONE)) {
      return weights;
    }
    Map<String, HostTensor> calibrated = new HashMap<>(weights);
    for (ParameterSpec spec : model.specs().with(Role.OUTPUT)) {
      HostTensor tensor = weights.get(spec.name());
      calibrated.put(spec.name(), new HostTensor(tensor.shape(), temperature.of(tensor.data())));
    }
    return calibrated;
  }
}
