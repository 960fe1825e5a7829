package io.millrace.step;

import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The reference's weights by Hugging Face name in double precision, a gradient beside each. */
public final class ReferenceTensors {

  private final Map<String, double[]> values = new LinkedHashMap<>();
  private final Map<String, double[]> gradients = new LinkedHashMap<>();

  ReferenceTensors(Map<String, HostTensor> weights) {
    weights.forEach(
        (name, tensor) -> {
          double[] wide = new double[tensor.data().length];
          for (int i = 0; i < wide.length; i++) {
            wide[i] = tensor.data()[i];
          }
          values.put(name, wide);
          gradients.put(name, new double[wide.length]);
        });
  }

  /** All values, live. */
  public Map<String, double[]> values() {
    return values;
  }

  /** All gradients, live: backward passes add to them. */
  public Map<String, double[]> gradients() {
    return gradients;
  }

  double[] value(String name) {
    return values.get(name);
  }

  public double[] gradient(String name) {
    return gradients.get(name);
  }

  void clearGradients() {
    gradients.values().forEach(gradient -> Arrays.fill(gradient, 0));
  }

  static Map<String, double[]> copy(Map<String, double[]> arrays) {
    Map<String, double[]> copies = new LinkedHashMap<>();
    arrays.forEach((name, array) -> copies.put(name, array.clone()));
    return copies;
  }
}
