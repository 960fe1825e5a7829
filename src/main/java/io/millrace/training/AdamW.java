package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.TransformerClassifier;
import io.millrace.torch.HostTensor;
import io.millrace.torch.TorchOps;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019) over two groups: with weight decay, and without (bias and
 * LayerNorm). Owns the moments until closed. Training thread only.
 */
final class AdamW implements AutoCloseable {

  private final TorchOps ops;
  private final TrainingSettings settings;
  private final NDManager manager;
  private final Map<String, NDArray> first = new LinkedHashMap<>();
  private final Map<String, NDArray> second = new LinkedHashMap<>();
  private final TorchOps.Moments decayed;
  private final TorchOps.Moments plain;

  /**
   * @param firstMoments by parameter name; zero where absent
   * @param secondMoments likewise
   */
  AdamW(
      TransformerClassifier model,
      TrainingSettings settings,
      Map<String, HostTensor> firstMoments,
      Map<String, HostTensor> secondMoments) {
    this.ops = model.ops();
    this.settings = settings;
    this.manager = NDManager.newBaseManager(model.device(), "PyTorch");
    model
        .parameters()
        .forEach(
            (name, parameter) -> {
              first.put(name, moment(firstMoments.get(name), parameter.getShape()));
              second.put(name, moment(secondMoments.get(name), parameter.getShape()));
            });
    decayed = group(model.parameters(), true);
    plain = group(model.parameters(), false);
  }

  /**
   * Takes one step unless loss or gradient norm is not finite.
   *
   * @param loss scalar with its graph
   * @param step the step's number, from 1
   * @return loss and gradient norm before clipping
   */
  double[] step(NDManager scope, NDArray loss, long step, double learningRate) {
    NDArray hyper =
        TorchOps.cpu(
            scope,
            learningRate,
            settings.beta1(),
            settings.beta2(),
            settings.epsilon(),
            settings.weightDecay(),
            settings.maxGradNorm(),
            step);
    float[] values = ops.update(loss, decayed, plain, hyper).toFloatArray();
    return new double[] {values[0], values[1]};
  }

  /** Loss and gradient norm; nothing moves. */
  double[] measure(NDArray loss) {
    float[] values = ops.measure(loss, decayed, plain).toFloatArray();
    return new double[] {values[0], values[1]};
  }

  Map<String, HostTensor> firstMoments() {
    return copy(first);
  }

  Map<String, HostTensor> secondMoments() {
    return copy(second);
  }

  /** Hugging Face's rule: bias and LayerNorm are not decayed. */
  static boolean isDecayed(String name) {
    return !name.endsWith(".bias") && !name.contains("LayerNorm");
  }

  private TorchOps.Moments group(Map<String, NDArray> parameters, boolean decay) {
    List<NDArray> of = new ArrayList<>();
    List<NDArray> m = new ArrayList<>();
    List<NDArray> v = new ArrayList<>();
    parameters.forEach(
        (name, parameter) -> {
          if (isDecayed(name) == decay) {
            of.add(parameter);
            m.add(first.get(name));
            v.add(second.get(name));
          }
        });
    return new TorchOps.Moments(List.copyOf(of), List.copyOf(m), List.copyOf(v));
  }

  private NDArray moment(HostTensor saved, Shape shape) {
    return saved == null
        ? manager.zeros(shape)
        : manager.create(FloatBuffer.wrap(saved.data()), shape);
  }

  private static Map<String, HostTensor> copy(Map<String, NDArray> arrays) {
    Map<String, HostTensor> copy = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) ->
            copy.put(name, new HostTensor(array.getShape().getShape(), array.toFloatArray())));
    return copy;
  }

  @Override
  public void close() {
    manager.close();
  }
}
