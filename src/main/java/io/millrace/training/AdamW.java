package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Tensors;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchOps.AdamWNumbers;
import io.millrace.torch.TorchOps.AdamWTensors;
import io.millrace.torch.TorchOps.ClippedStep;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * AdamW's moments and the groups it treats apart: no weight decay on bias and LayerNorm. The
 * moments belong to the manager given; the parameters stay the model's.
 */
final class AdamW {

  private final List<String> names;
  private final Map<String, NDArray> parameters;
  private final Map<String, NDArray> firstMoments;
  private final Map<String, NDArray> secondMoments;

  private AdamW(
      Map<String, NDArray> parameters,
      Map<String, NDArray> firstMoments,
      Map<String, NDArray> secondMoments) {
    this.names = List.copyOf(parameters.keySet());
    this.parameters = parameters;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
  }

  /** A new optimizer: moments 0. */
  static AdamW fresh(Map<String, NDArray> parameters, NDManager owner) {
    return new AdamW(
        parameters, Moments.zeros(parameters, owner), Moments.zeros(parameters, owner));
  }

  /** An optimizer that goes on from saved moments. */
  static AdamW restore(Map<String, NDArray> parameters, FineTunerState state, NDManager owner) {
    return new AdamW(
        parameters,
        Moments.restore("first", state.firstMoments(), parameters, owner),
        Moments.restore("second", state.secondMoments(), parameters, owner));
  }

  static boolean decays(String parameter) {
    return !parameter.endsWith(".bias") && !parameter.contains("LayerNorm");
  }

  /** The parameters in the order that {@link #step} expects gradients in. */
  NDList parameters() {
    return new NDList(parameters.values());
  }

  /** Clips and applies, unless loss or gradients are not finite: then nothing is written. */
  ClippedStep step(TorchOps operators, NDArray loss, NDList gradients, AdamWNumbers numbers) {
    return operators.clippedAdamW(
        loss, group(AdamW::decays, gradients), group(name -> !decays(name), gradients), numbers);
  }

  private AdamWTensors group(Predicate<String> member, NDList gradients) {
    AdamWTensors group = new AdamWTensors(new NDList(), new NDList(), new NDList(), new NDList());
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (member.test(name)) {
        group.parameters().add(parameters.get(name));
        group.gradients().add(gradients.get(i));
        group.firstMoments().add(firstMoments.get(name));
        group.secondMoments().add(secondMoments.get(name));
      }
    }
    return group;
  }

  Map<String, HostTensor> firstMoments() {
    return Tensors.toHost(firstMoments);
  }

  Map<String, HostTensor> secondMoments() {
    return Tensors.toHost(secondMoments);
  }
}
