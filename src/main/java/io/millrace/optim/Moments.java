package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.Tensors;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes AdamW's moments: one array beside each parameter, on its device. */
final class Moments {

  private Moments() {}

  static Map<String, NDArray> zeros(Map<String, NDArray> parameters, NDManager owner) {
    Map<String, NDArray> moments = new LinkedHashMap<>();
    parameters.forEach((name, array) -> moments.put(name, owner.zeros(array.getShape())));
    return moments;
  }

  /**
   * Copies saved moments.
   *
   * @param kind {@code first} or {@code second}, for messages
   * @throws IllegalArgumentException naming the moment that is missing or misshapen
   */
  static Map<String, NDArray> restore(
      String kind,
      Map<String, HostTensor> saved,
      Map<String, NDArray> parameters,
      NDManager owner) {
    Map<String, NDArray> moments = new LinkedHashMap<>();
    parameters.forEach(
        (name, array) -> {
          HostTensor tensor = saved.get(name);
          long[] expected = array.getShape().getShape();
          if (tensor == null || !Arrays.equals(tensor.shape(), expected)) {
            throw new IllegalArgumentException(
                kind
                    + " moment of "
                    + name
                    + (tensor == null
                        ? " is missing"
                        : " has shape " + Arrays.toString(tensor.shape()))
                    + ", expected "
                    + Arrays.toString(expected));
          }
          moments.put(name, Tensors.toDevice(owner, tensor));
        });
    return moments;
  }
}
