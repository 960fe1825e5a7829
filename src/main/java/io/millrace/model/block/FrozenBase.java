package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Parameters that a model reads and nobody changes, so that several may read the same ones. Today
 * every parameter of a model is its own, and its base is {@link #NONE}.
 *
 * @param arrays by name; they belong to whoever loaded them, and outlive all models that read them
 */
public record FrozenBase(Map<String, NDArray> arrays) {

  /** No parameters. */
  public static final FrozenBase NONE = new FrozenBase(Map.of());

  public FrozenBase {
    arrays = Map.copyOf(arrays);
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }
}
