package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.example.RecordPosition;
import io.millrace.model.BertTensors;
import io.millrace.model.ModelConfig;
import io.millrace.model.TransformerClassifier;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.HostTensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole training step against {@link ReferenceBert}, which is written apart from it. */
class ParityTest {

  private static final int LABELS = 3;
  private static final ModelConfig CONFIG = new ModelConfig(20, 8, 2, 2, 16, 10, 2, 1e-12, 0, 0);
  private static final double RATE = 1e-2;
  private static final double DECAY = 0.1;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Map<String, HostTensor> start = weights();
  private final ReferenceBert reference = new ReferenceBert(CONFIG, start);

  @Test
  void logitsAndEveryGradientEqualTheReference() {
    try (TransformerClassifier model = TransformerClassifier.of(CONFIG, start, Device.cpu());
        NDManager scope = model.newScope()) {
      // Given texts of different lengths, types and weights: a batch with padding
      List<TokenizedExample> examples = examples(1);
      TokenBatch batch = TokenBatch.of(examples);
      NDList parameters = new NDList(model.parameters().values());
      parameters.forEach(array -> array.setRequiresGradient(true));
      Objective objective =
          new Objective(model, parameters, Loss.of(TinyBert.settings(Map.of())), Optional.empty());

      // When
      float[][] logits = model.logits(batch.tokens());
      double[] same = new double[LABELS];
      Arrays.fill(same, 1);
      Objective.Gradients result =
          objective.gradients(
              scope, batch, LossWeights.of(examples, same), Optional.empty(), false);

      // Then
      for (int row = 0; row < logits.length; row++) {
        TokenizedText text = examples.get(row).text();
        assertClose("logits", logits[row], reference.logits(text.ids(), text.typeIds()));
      }
      assertThat((double) result.loss().getFloat())
          .isCloseTo(reference.loss(examples), within(1e-4));
      Map<String, double[]> expected = reference.gradients(examples);
      int i = 0;
      for (String name : model.parameters().keySet()) {
        assertClose(name, result.gradients().get(i++).toFloatArray(), expected.get(name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.05", "1000"}) // always clipped, never clipped
  void weightsAfterSeveralStepsEqualClippingAndAdamWOnTheReference(String maxGradNorm) {
    TrainingSettings settings =
        TinyBert.settings(
            Map.of(
                "learning-rate",
                Double.toString(RATE),
                "warmup-steps",
                "0",
                "weight-decay",
                Double.toString(DECAY),
                "max-grad-norm",
                maxGradNorm));
    try (FineTuner tuner =
        new FineTuner(TransformerClassifier.of(CONFIG, start, Device.cpu()), settings)) {
      ReferenceAdamW optimizer = new ReferenceAdamW();
      for (int step = 1; step <= 3; step++) {
        // When
        List<TokenizedExample> examples = examples(step);
        StepOutcome.Applied applied = (StepOutcome.Applied) tuner.step(TokenBatch.of(examples));

        // Then
        assertThat(applied.loss()).isCloseTo(reference.loss(examples), within(1e-4));
        double norm =
            optimizer.step(
                reference, reference.gradients(examples), step, Double.parseDouble(maxGradNorm));
        assertThat(applied.gradNorm()).isCloseTo(norm, within(1e-4));
      }
      try (TransformerClassifier candidate = tuner.candidate()) {
        candidate
            .snapshot()
            .forEach(
                (name, tensor) -> {
                  if (!name.endsWith("key.bias")) { // see below
                    assertClose(name, tensor.data(), reference.weights().get(name));
                  }
                });
      }
    }
  }

  private static void assertClose(String what, float[] found, double[] expected) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).as("%s[%d]", what, i).isCloseTo(expected[i], within(1e-4));
    }
  }

  private static Map<String, HostTensor> weights() {
    Random random = new Random(7);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    BertTensors.all(CONFIG, LABELS)
        .forEach(
            (name, shape) -> {
              float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
              float mean = name.endsWith("LayerNorm.weight") ? 1 : 0;
              for (int i = 0; i < values.length; i++) {
                values[i] = mean + (float) (random.nextGaussian() * 0.3);
              }
              weights.put(name, new HostTensor(shape, values));
            });
    return weights;
  }

  private static List<TokenizedExample> examples(int seed) {
    Random random = new Random(seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int length = 3 + i;
      examples.add(
          new TokenizedExample(
              "id" + i,
              new TokenizedText(
                  random.ints(length, 0, 20).toArray(), random.ints(length, 0, 2).toArray()),
              i % LABELS,
              0.5 + i,
              Instant.EPOCH,
              new RecordPosition("parity", 0, i)));
    }
    return examples;
  }

  /**
   * Algorithm 2 of arXiv:1711.05101 behind clipping by the global norm. Where a gradient is 0 but
   * for rounding (the key's bias, which softmax does not see) its result is rounding made large.
   */
  private static final class ReferenceAdamW {
    private final Map<String, double[]> first = new LinkedHashMap<>();
    private final Map<String, double[]> second = new LinkedHashMap<>();

    /** The norm before clipping. */
    double step(ReferenceBert bert, Map<String, double[]> gradients, int step, double maxNorm) {
      double squares = 0;
      for (double[] gradient : gradients.values()) {
        squares += Arrays.stream(gradient).map(g -> g * g).sum();
      }
      double norm = Math.sqrt(squares);
      double factor = Math.min(1, maxNorm / (norm + 1e-6));
      bert.weights()
          .forEach(
              (name, weights) -> {
                double[] m = first.computeIfAbsent(name, key -> new double[weights.length]);
                double[] v = second.computeIfAbsent(name, key -> new double[weights.length]);
                boolean decays = !name.endsWith(".bias") && !name.contains("LayerNorm");
                for (int i = 0; i < weights.length; i++) {
                  double g = gradients.get(name)[i] * factor;
                  m[i] = BETA1 * m[i] + (1 - BETA1) * g;
                  v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
                  double mean = m[i] / (1 - Math.pow(BETA1, step));
                  double square = v[i] / (1 - Math.pow(BETA2, step));
                  weights[i] -= RATE * (decays ? DECAY : 0) * weights[i];
                  weights[i] -= RATE * mean / (Math.sqrt(square) + EPSILON);
                }
              });
      return norm;
    }
  }
}
