package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.Tensors;
import io.millrace.torch.UpdateOps.AdamWNumbers;
import io.millrace.torch.UpdateOps.Group;
import io.millrace.torch.UpdateOps.Table;
import io.millrace.torch.file.HostTensor;
import java.util.Map;

/** AdamW (Loshchilov and Hutter, arXiv:1711.05101) with one fused call for each group. */
public final class AdamW implements Optimizer {

  private final OptimizedModel model;
  private final Map<String, NDArray> firstMoments;
  private final Map<String, NDArray> secondMoments;

  AdamW(
      OptimizedModel model, Map<String, NDArray> firstMoments, Map<String, NDArray> secondMoments) {
    this.model = model;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
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
                .adamW(
                    new Group(
                        parameters,
                        spent,
                        model.select(group, firstMoments),
                        model.select(group, secondMoments)),
                    numbers(group, step, rate),
                    divisor));
  }

  AdamWNumbers numbers(ParameterGroup group, long step, double rate) {
    TrainingSettings settings = model.settings();
    return new AdamWNumbers(
        step,
        rate * group.rateFactor(),
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        group.weightDecay());
  }

  /** A parameter with its moments. */
  Table table(String parameter) {
    return new Table(
        model.array(parameter), firstMoments.get(parameter), secondMoments.get(parameter));
  }

  @Override
  public Map<String, HostTensor> firstMoments() {
    return Tensors.toHost(firstMoments);
  }

  @Override
  public Map<String, HostTensor> secondMoments() {
    return Tensors.toHost(secondMoments);
  }

  @Override
  public Optimizer copy(OptimizedModel copy, NDManager owner) {
    return new AdamW(copy, Tensors.copy(firstMoments, owner), Tensors.copy(secondMoments, owner));
  }
}
