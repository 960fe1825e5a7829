package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.TorchOps;
import io.millrace.torch.TorchOps.AdamWNumbers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fused optimizer against the paper's formulas in double precision. */
class AdamWTest {

  private static final int SIZE = 37; // not a multiple of a vector register
  private static final int STEPS = 12;
  private static final double RATE = 0.01;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final double EPSILON = 1e-6;
  private static final double DECAY = 0.1;
  private static final double MAX_NORM = 5;

  @Test
  void severalStepsEqualTheReferenceWithClippingAndDecayGroups() {
    try (NDManager manager = NDManager.newBaseManager()) {
      // Given one parameter of each group
      Random random = new Random(5);
      Map<String, NDArray> parameters = new LinkedHashMap<>();
      Map<String, Reference> references = new LinkedHashMap<>();
      for (String name : new String[] {"dense.weight", "dense.bias", "LayerNorm.weight"}) {
        float[] values = normal(random, 1);
        parameters.put(name, manager.create(values));
        references.put(name, new Reference(values, name.equals("dense.weight") ? DECAY : 0));
      }
      TorchOps operators = TorchOps.load(manager);
      AdamW optimizer = AdamW.fresh(parameters, manager);
      int clipped = 0;

      for (int step = 1; step <= STEPS; step++) {
        // When gradients are small in some steps and above the norm in others
        double scale = step % 3 == 0 ? 3 : 0.1;
        NDList gradients = new NDList();
        double squares = 0;
        Map<String, float[]> raw = new LinkedHashMap<>();
        for (String name : parameters.keySet()) {
          float[] gradient = normal(random, scale);
          raw.put(name, gradient);
          gradients.add(manager.create(gradient));
          for (float g : gradient) {
            squares += (double) g * g;
          }
        }
        double norm = Math.sqrt(squares);
        double factor = Math.min(1, MAX_NORM / (norm + 1e-6));
        clipped += factor < 1 ? 1 : 0;
        TorchOps.ClippedStep result =
            optimizer.step(
                operators,
                manager.create(1f),
                gradients,
                new AdamWNumbers(step, RATE, BETA1, BETA2, EPSILON, DECAY, MAX_NORM));
        int now = step;
        references.forEach((name, reference) -> reference.step(raw.get(name), factor, now));

        // Then
        assertThat(result.applied()).isTrue();
        assertThat(result.gradNorm() / norm).isBetween(1 - 1e-5, 1 + 1e-5);
        references.forEach(
            (name, reference) ->
                assertThat(parameters.get(name).toFloatArray())
                    .as("%s after step %d", name, now)
                    .usingComparatorWithPrecision(2e-5f)
                    .containsExactly(reference.weights()));
      }
      assertThat(clipped).isEqualTo(STEPS / 3);
    }
  }

  @Test
  void biasAndLayerNormHaveNoDecay() {
    assertThat(AdamW.decays("bert.embeddings.word_embeddings.weight")).isTrue();
    assertThat(AdamW.decays("classifier.weight")).isTrue();
    assertThat(AdamW.decays("classifier.bias")).isFalse();
    assertThat(AdamW.decays("bert.embeddings.LayerNorm.weight")).isFalse();
    assertThat(AdamW.decays("bert.encoder.layer.0.output.LayerNorm.bias")).isFalse();
  }

  private static float[] normal(Random random, double scale) {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  /** Algorithm 2 of arXiv:1711.05101, one parameter. */
  private static final class Reference {
    private final double[] weights = new double[SIZE];
    private final double[] first = new double[SIZE];
    private final double[] second = new double[SIZE];
    private final double decay;

    Reference(float[] values, double decay) {
      for (int i = 0; i < SIZE; i++) {
        weights[i] = values[i];
      }
      this.decay = decay;
    }

    void step(float[] gradient, double factor, int step) {
      for (int i = 0; i < SIZE; i++) {
        double g = gradient[i] * factor;
        first[i] = BETA1 * first[i] + (1 - BETA1) * g;
        second[i] = BETA2 * second[i] + (1 - BETA2) * g * g;
        double mean = first[i] / (1 - Math.pow(BETA1, step));
        double square = second[i] / (1 - Math.pow(BETA2, step));
        weights[i] -= RATE * (mean / (Math.sqrt(square) + EPSILON) + decay * weights[i]);
      }
    }

    float[] weights() {
      float[] result = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        result[i] = (float) weights[i];
      }
      return result;
    }
  }
}
