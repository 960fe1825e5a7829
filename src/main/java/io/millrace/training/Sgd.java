package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Tensors;
import io.millrace.torch.UpdateOps.Group;
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
    NDList all = new NDList();
    model.groups().forEach(group -> all.addAll(model.select(group, model.trained())));
    return all;
  }

  @Override
  public void step(NDList gradients, long step, double rate, double divisor) {
    Map<String, NDArray> weights = model.model().parameters();
    int from = 0;
    for (ParameterGroup group : model.groups()) {
      NDList parameters = model.select(group, weights);
      int to = from + parameters.size();
      model
          .operators()
          .sgd(
              new Group(
                  parameters,
                  gradients.subNDList(from, to),
                  model.select(group, momentum),
                  new NDList()),
              rate * group.rateFactor(),
              model.settings().momentum(),
              group.weightDecay(),
              divisor);
      from = to;
    }
  }

  @Override
  public Map<String, HostTensor> firstMoments() {
    return Tensors.toHost(momentum);
  }

  @Override
  public Map<String, HostTensor> secondMoments() {
    return Map.of();
  }
}
