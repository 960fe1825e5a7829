package io.millrace.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.BertTensors;
import io.millrace.torch.Tensors;
import io.millrace.torch.file.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights of a model on its device, by Hugging Face name. */
final class Parameters {

  private final Map<String, NDArray> arrays;

  private Parameters(Map<String, NDArray> arrays) {
    this.arrays = Collections.unmodifiableMap(arrays);
  }

  /**
   * Copies weights to the manager's device.
   *
   * @param shapes the tensors wanted; others in {@code weights} are left out
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  static Parameters load(
      NDManager manager, Map<String, long[]> shapes, Map<String, HostTensor> weights) {
    BertTensors.check(weights, shapes);
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    shapes.keySet().forEach(name -> arrays.put(name, Tensors.toDevice(manager, weights.get(name))));
    return new Parameters(arrays);
  }

  /** These, some of them replaced. */
  Parameters with(Map<String, NDArray> others) {
    Map<String, NDArray> all = new LinkedHashMap<>(arrays);
    all.putAll(others);
    return new Parameters(all);
  }

  /** All of them, live, in the order of the file. */
  Map<String, NDArray> arrays() {
    return arrays;
  }

  NDArray get(String name) {
    return arrays.get(name);
  }

  Linear linear(String prefix) {
    return new Linear(get(prefix + ".weight"), get(prefix + ".bias"));
  }

  LayerNorm layerNorm(String prefix, BertConfig config) {
    return new LayerNorm(
        get(prefix + ".weight"), get(prefix + ".bias"), (float) config.layerNormEps());
  }
}
