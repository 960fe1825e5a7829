package io.millrace.pipeline;

import io.millrace.score.Temperature;
import io.millrace.torch.file.HostTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights with a temperature folded into their classifier, so that every loader has it; the
 * training weights do not change.
 */
final class CalibratedWeights {

  private static final String CLASSIFIER = "classifier.";

  private CalibratedWeights() {}

  static Map<String, HostTensor> of(Map<String, HostTensor> weights, Temperature temperature) {
    if (temperature.equals(Temperature.NONE)) {
      return weights;
    }
    Map<String, HostTensor> calibrated = new HashMap<>(weights);
    calibrated.replaceAll(
        (name, tensor) ->
            name.startsWith(CLASSIFIER)
                ? new HostTensor(tensor.shape(), temperature.of(tensor.data()))
                : tensor);
    return calibrated;
  }
}
