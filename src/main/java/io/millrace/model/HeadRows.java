package io.millrace.model;

import io.millrace.model.arch.BertTensors;
import io.millrace.torch.file.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Gives a classifier more labels: rows behind its own, which stay as they are. Any thread. */
public final class HeadRows {

  private static final List<String> TENSORS =
      List.of(BertTensors.CLASSIFIER + ".weight", BertTensors.CLASSIFIER + ".bias");

  private HeadRows() {}

  /**
   * Weights with the new rows that a fresh model of so many labels has.
   *
   * @param weights by Hugging Face name, with a classifier of at most so many rows
   * @param seed of the fresh rows
   */
  public static Map<String, HostTensor> fresh(
      Map<String, HostTensor> weights, int labels, long seed) {
    return add(weights, labels, (name, shape) -> FreshHead.fresh(name, shape, seed));
  }

  /**
   * Moments with new rows of 0.
   *
   * @param moments by Hugging Face name; where those of the classifier are missing they stay so
   */
  public static Map<String, HostTensor> zero(Map<String, HostTensor> moments, int labels) {
    return add(moments, labels, (name, shape) -> HostTensor.zeros(shape));
  }

  private static Map<String, HostTensor> add(
      Map<String, HostTensor> tensors, int labels, BiFunction<String, long[], HostTensor> all) {
    Map<String, HostTensor> grown = new LinkedHashMap<>(tensors);
    for (String name : TENSORS) {
      grown.computeIfPresent(
          name,
          (unused, tensor) -> {
            long[] shape = tensor.shape().clone();
            shape[0] = labels;
            return tensor.withRowsOf(all.apply(name, shape));
          });
    }
    return grown;
  }
}
