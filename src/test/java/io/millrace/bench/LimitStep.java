package io.millrace.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.TransformerClassifier;
import io.millrace.optim.StepSeed;
import io.millrace.optim.TrainingSettings;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.GradMode;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchScriptModule;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The limit of this libtorch: the work of one training step as a single TorchScript call, with no
 * Java between operators. Written for 12 heads and dropout 0.1, as MiniLM-L6 and BERT-base have
 * them.
 */
final class LimitStep implements AutoCloseable {

  private final TransformerClassifier model;
  private final TrainingSettings settings;
  private final TorchScriptModule module;
  private final String method;
  private final List<NDArray> tensors = new ArrayList<>();
  private long steps;

  /**
   * Trains the model's weights in place, with moments of its own. What is frozen has neither
   * gradients nor moments.
   *
   * @param settings AdamW's numbers at a constant rate, and how many layers are frozen
   */
  LimitStep(TransformerClassifier model, TrainingSettings settings) {
    this.model = model;
    this.settings = settings;
    this.method = settings.freezeLayers() > 0 ? "train" : "step";
    NDManager owner = model.newScope();
    this.module = TorchScriptModule.load(owner, "TorchOps", TorchOps.source() + source());
    NDList weights = new NDList();
    NDList vectors = new NDList();
    NDList frozenWeights = new NDList();
    NDList frozenVectors = new NDList();
    model
        .parameters()
        .trainable()
        .forEach(
            (name, array) -> {
              boolean decays = !name.endsWith(".bias") && !name.contains("LayerNorm");
              if (isFrozen(name)) {
                (decays ? frozenWeights : frozenVectors).add(array);
              } else {
                array.setRequiresGradient(true);
                (decays ? weights : vectors).add(array);
              }
            });
    add("frozen_weights[]", frozenWeights);
    add("frozen_vectors[]", frozenVectors);
    add("weights[]", weights);
    add("vectors[]", vectors);
    add("weights_first[]", zerosLike(weights, owner));
    add("weights_second[]", zerosLike(weights, owner));
    add("vectors_first[]", zerosLike(vectors, owner));
    add("vectors_second[]", zerosLike(vectors, owner));
  }

  private boolean isFrozen(String name) {
    return settings.freezeLayers() > 0
        && (name.startsWith("bert.embeddings.")
            || IntStream.range(0, settings.freezeLayers())
                .anyMatch(layer -> name.startsWith("bert.encoder.layer." + layer + ".")));
  }

  /** Steps so far. */
  long steps() {
    return steps;
  }

  /** One step; the loss before it. */
  double step(TokenBatch batch) {
    steps++;
    TorchOps.seed(StepSeed.of(settings.seed(), steps));
    TokenMatrix tokens = batch.tokens();
    try (NDManager scope = model.newScope();
        GradMode recording = GradMode.recording()) {
      Shape shape = new Shape(batch.size(), tokens.length());
      List<NDArray> inputs = new ArrayList<>();
      inputs.add(scope.create(tokens.ids(), shape));
      inputs.add(scope.create(tokens.typeIds(), shape));
      inputs.add(scope.create(LongStream.range(0, tokens.length()).toArray()));
      inputs.add(scope.create(batch.groups()));
      inputs.add(scope.full(new Shape(batch.size()), 1f / batch.size()));
      inputs.add(mask(scope, tokens));
      inputs.add(scope.create(numbers()));
      inputs.addAll(tensors);
      return module.call(method, inputs.toArray(new NDArray[0])).head().toFloatArray()[0];
    }
  }

  /** {@code [B, 1, 1, T]}, added to attention scores; a scalar where nothing is padded. */
  private static NDArray mask(NDManager scope, TokenMatrix tokens) {
    if (tokens.tokens() == tokens.paddedTokens()) {
      return scope.create(0f);
    }
    float[] scores = new float[tokens.mask().length];
    for (int cell = 0; cell < scores.length; cell++) {
      scores[cell] = tokens.mask()[cell] == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
    return scope.create(scores, new Shape(tokens.rows(), 1, 1, tokens.length()));
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

  private double[] numbers() {
    return new double[] {
      steps,
      settings.learningRate(),
      settings.beta1(),
      settings.beta2(),
      settings.epsilon(),
      settings.weightDecay(),
      settings.maxGradNorm()
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
