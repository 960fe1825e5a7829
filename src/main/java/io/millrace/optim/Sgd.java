package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.Tensors;
import io.millrace.torch.UpdateOps.Group;
import io.millrace.torch.file.HostTensor;
import java.util.Map;

/** SGD with momentum, as {@code torch.optim.SGD}, with one fused call for each group. */
final class Sgd implements Optimizer {

  private final OptimizedModel model;
  private final Map<String, NDArray> momentum;

  Sgd(OptimizedModel model, Map<String, NDArray> momentum) {
    this.model = model;
    this.momentum = momentum;
  }

  @Override
  public NDList parameters() {
    return model.dense();
  }

  @Override
  public void step(NDList gradients, long step, double rate, double divisor) {
    model.forEachGroup(
        gradients,
        (group, parameters, spent) ->
            model
                .operators()
                .sgd(
                    new Group(parameters, spent, model.select(group, momentum), new NDList()),
                    rate * group.rateFactor(),
                    model.settings().momentum(),
                    group.weightDecay(),
                    divisor));
  }

  @Override
  public Map<String, HostTensor> firstMoments() {
    return Tensors.toHost(momentum);
  }

  @Override
  public Map<String, HostTensor> secondMoments() {
    return Map.of();
  }

  @Override
  public Optimizer copy(OptimizedModel copy, NDManager owner) {
    return new Sgd(copy, Tensors.copy(momentum, owner));
  }
}
