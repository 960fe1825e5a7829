package io.millrace.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.GradMode;
import io.millrace.torch.HostTensor;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchScriptModule;
import io.millrace.torch.UpdateOps.AdamWNumbers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The limit of this libtorch: the work of one training step as a single TorchScript call, with no
 * Java between operators. Written for the shape of MiniLM-L6 (12 heads, dropout 0.1) and batches
 * without padding.
 */
final class LimitStep implements AutoCloseable {

  private final TransformerClassifier model;
  private final TorchScriptModule module;
  private final List<NDArray> tensors = new ArrayList<>();

  /** Trains the model's weights in place, with moments of its own. */
  LimitStep(TransformerClassifier model) {
    this.model = model;
    NDManager owner = model.newScope();
    this.module = TorchScriptModule.load(owner, "TorchOps", TorchOps.source() + source());
    NDList weights = new NDList();
    NDList vectors = new NDList();
    model
        .parameters()
        .forEach(
            (name, array) -> {
              array.setRequiresGradient(true);
              boolean decays = !name.endsWith(".bias") && !name.contains("LayerNorm");
              (decays ? weights : vectors).add(array);
            });
    add("weights[]", weights);
    add("vectors[]", vectors);
    add("weights_first[]", zerosLike(weights, owner));
    add("weights_second[]", zerosLike(weights, owner));
    add("vectors_first[]", zerosLike(vectors, owner));
    add("vectors_second[]", zerosLike(vectors, owner));
  }

  /** One step; the loss before it. */
  double step(TokenBatch batch, AdamWNumbers numbers, double maxNorm, long seed) {
    TorchOps.seed(seed);
    try (NDManager scope = model.newScope();
        GradMode recording = GradMode.recording()) {
      Shape shape = new Shape(batch.size(), batch.tokens().length());
      List<NDArray> inputs = new ArrayList<>();
      inputs.add(scope.create(batch.tokens().ids(), shape));
      inputs.add(scope.create(batch.tokens().typeIds(), shape));
      inputs.add(scope.create(LongStream.range(0, batch.tokens().length()).toArray()));
      inputs.add(scope.create(batch.labels()));
      inputs.add(scope.full(new Shape(batch.size()), 1f / batch.size()));
      inputs.add(scope.create(array(numbers, maxNorm)));
      inputs.addAll(tensors);
      return module.call("step", inputs.toArray(new NDArray[0])).head().toFloatArray()[0];
    }
  }

  /** A copy of the weights. */
  Map<String, HostTensor> snapshot() {
    return model.snapshot();
  }

  @Override
  public void close() {
    model.close();
  }

  private void add(String listName, NDList arrays) {
    arrays.forEach(array -> array.setName(listName));
    tensors.addAll(arrays);
  }

  private static NDList zerosLike(NDList arrays, NDManager owner) {
    NDList zeros = new NDList();
    arrays.forEach(array -> zeros.add(owner.zeros(array.getShape())));
    return zeros;
  }

  private static double[] array(AdamWNumbers n, double maxNorm) {
    return new double[] {
      n.step(), n.learningRate(), n.beta1(), n.beta2(), n.epsilon(), n.weightDecay(), maxNorm
    };
  }

  private static String source() {
    try (InputStream in = LimitStep.class.getResourceAsStream("limit_step.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource limit_step.py", e);
    }
  }
}
