package io.millrace.model.arch;

import io.millrace.model.block.Inputs;
import io.millrace.model.block.Ops;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.model.block.Weights;
import java.util.List;
import java.util.Set;

/**
 * What a model computes, and how files describe it. A value: it holds no weights, and any thread
 * may use it.
 *
 * <p>{@link #outputs} is written once. Run on arrays it is the forward pass; run on shapes it
 * {@linkplain #parameters declares} the model's parameters.
 */
public interface Architecture {

  /**
   * Runs the model on a batch.
   *
   * @param outputs how many there are, {@code L}: a classifier's labels
   * @return {@code [B, L]}
   */
  <T> T outputs(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, int outputs);

  /** The texts that it can read. */
  InputLimits limits();

  /**
   * The {@code config.json} of a version, which this architecture's provider reads again.
   *
   * @param labels in the order of the outputs
   */
  byte[] configJson(List<String> labels);

  /** The poolings that its head may have; empty where there is no choice. */
  default Set<Pooling> poolings() {
    return Set.of();
  }

  /** The same under a head with this pooling; as it is where there is no choice. */
  default Architecture with(Pooling pooling) {
    return this;
  }

  /**
   * Names that a base's file may have a parameter under besides its own, most likely first.
   *
   * @param parameter its own name
   */
  default List<String> aliases(String parameter) {
    return List.of();
  }

  /** What loads a version, for its model card. */
  default ModelUse use() {
    return ModelUse.MILLRACE;
  }

  /** Its parameters, found by running it on shapes. */
  default ParameterSpecs parameters(int outputs) {
    return ParameterSpecs.declared(
        weights -> {
          Object unused = outputs(weights.ops(), weights, weights.inputs(), outputs);
        },
        this::aliases);
  }

  /** As above, for every pooling that its head may have: what a base may hold. */
  default ParameterSpecs parametersOfAnyHead(int outputs) {
    ParameterSpecs all = parameters(outputs);
    for (Pooling pooling : poolings()) {
      all = all.and(with(pooling).parameters(outputs));
    }
    return all;
  }
}
