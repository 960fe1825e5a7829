package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.Tensors;
import io.millrace.torch.file.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of a model on its device: a base that stays as it is, and what may be trained. A
 * checkpoint holds the latter, a version both.
 *
 * <p>The trainable arrays belong to the manager that they were loaded with, those of the base to
 * whoever made it. The thread that owns the model may change the trainable ones.
 */
public final class ModelParameters {

  private final ParameterSpecs specs;
  private final FrozenBase base;
  private final Map<String, NDArray> trainable;

  private ModelParameters(ParameterSpecs specs, FrozenBase base, Map<String, NDArray> trainable) {
    this.specs = specs;
    this.base = base;
    this.trainable = Collections.unmodifiableMap(trainable);
  }

  /**
   * Copies weights to the manager's device.
   *
   * @param specs the parameters wanted; others among the weights are left out
   * @param base has some of them; outlives this
   * @param weights has the others, by name
   * @throws IllegalArgumentException naming the tensor that is missing or misshapen
   */
  public static ModelParameters load(
      NDManager manager, ParameterSpecs specs, FrozenBase base, Map<String, HostTensor> weights) {
    Map<String, HostTensor> wanted = new LinkedHashMap<>();
    for (ParameterSpec spec : specs.all()) {
      if (!base.has(spec.name())) {
        HostTensor tensor = weights.get(spec.name());
        ParameterSpecs.check(spec, tensor);
        wanted.put(spec.name(), tensor);
      }
    }
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    wanted.forEach((name, tensor) -> arrays.put(name, Tensors.toDevice(manager, tensor)));
    return new ModelParameters(specs, base, arrays);
  }

  /** These, some of the trainable ones replaced. */
  public ModelParameters with(Map<String, NDArray> others) {
    Map<String, NDArray> all = new LinkedHashMap<>(trainable);
    all.putAll(others);
    return new ModelParameters(specs, base, all);
  }

  /** Of base and trainable ones together. */
  public ParameterSpecs specs() {
    return specs;
  }

  public FrozenBase base() {
    return base;
  }

  /** Live, by name, in the order of the file. */
  public Map<String, NDArray> trainable() {
    return trainable;
  }

  /** One of either kind, live; null where there is none of that name. */
  public NDArray array(String name) {
    NDArray array = trainable.get(name);
    return array == null ? base.arrays().get(name) : array;
  }

  /** A copy of the trainable ones in Java memory: what a checkpoint holds. Owner thread. */
  public Map<String, HostTensor> snapshot() {
    return Tensors.toHost(trainable);
  }

  /** A copy of all in Java memory, in the order of the file: what a version holds. Owner thread. */
  public Map<String, HostTensor> merged() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    specs.names().forEach(name -> all.put(name, array(name)));
    return Tensors.toHost(all);
  }
}
