package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.file.HostTensor;
import java.util.Map;

/**
 * Changes weights by their gradients. What it remembers between steps belongs to the manager that
 * it was made with; the weights stay the model's. Training thread only.
 */
public sealed interface Optimizer permits AdamW, Sgd {

  /** The parameters in the order that {@link #step} wants their gradients in. */
  NDList parameters();

  /**
   * Applies one step, in place.
   *
   * @param gradients in the order of the parameters; spent by the step
   * @param step its number, from 1
   * @param rate the schedule's rate
   * @param divisor what gradients are divided by, to clip them; 1 for none
   */
  void step(NDList gradients, long step, double rate, double divisor);

  /** A copy of the first moments (the momentum, for SGD) by parameter. */
  Map<String, HostTensor> firstMoments();

  /** A copy of the second moments by parameter; empty where there are none. */
  Map<String, HostTensor> secondMoments();

  /**
   * An optimizer that goes on from where this one is, and leaves it alone.
   *
   * @param model a copy of the model that this one works on
   * @param owner of what the copy remembers
   */
  Optimizer copy(OptimizedModel model, NDManager owner);

  /** A new optimizer, which remembers nothing yet. */
  static Optimizer fresh(OptimizedModel model, NDManager owner) {
    Map<String, NDArray> first = Moments.zeros(model.trained(), owner);
    return switch (model.settings().optim()) {
      case ADAMW -> new AdamW(model, first, Moments.zeros(model.trained(), owner));
      case SGD -> new Sgd(model, first);
    };
  }

  /**
   * An optimizer that goes on from what was saved.
   *
   * @throws IllegalArgumentException naming the moment that is missing or misshapen
   */
  static Optimizer restore(OptimizedModel model, FineTunerState state, NDManager owner) {
    Map<String, NDArray> first =
        Moments.restore("first", state.firstMoments(), model.trained(), owner);
    return switch (model.settings().optim()) {
      case ADAMW ->
          new AdamW(
              model,
              first,
              Moments.restore("second", state.secondMoments(), model.trained(), owner));
      case SGD -> {
        if (!state.secondMoments().isEmpty()) {
          throw new IllegalArgumentException(
              "the checkpoint was written with millrace.training.optim=adamw, now it is sgd: set it"
                  + " back, or start from a published version");
        }
        yield new Sgd(model, first);
      }
    };
  }
}
