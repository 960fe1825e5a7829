package io.millrace.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.torch.TorchOps;
import io.millrace.torch.UpdateOps;
import io.millrace.torch.UpdateOps.AdamWNumbers;
import java.util.LinkedHashMap;
import java.util.List;
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

  @Test
  void severalStepsEqualTheReferenceWithADivisorAndDecayGroups() {
    try (NDManager manager = NDManager.newBaseManager()) {
      // Given one parameter with decay and two without
      Random random = new Random(5);
      Map<String, Reference> references = new LinkedHashMap<>();
      Map<String, NDArray> parameters = new LinkedHashMap<>();
      for (String name : new String[] {"dense.weight", "dense.bias", "LayerNorm.weight"}) {
        float[] values = normal(random, 1);
        parameters.put(name, manager.create(values));
        references.put(name, new Reference(values, name.equals("dense.weight") ? DECAY : 0));
      }
      UpdateOps operators = TorchOps.load(manager).updates();
      NDList all = new NDList(parameters.values());
      List<Moments> groups =
          List.of(
              new Moments(all.subNDList(0, 1), manager), new Moments(all.subNDList(1), manager));

      for (int step = 1; step <= STEPS; step++) {
        // When gradients are divided in some steps and not in others
        double divisor = step % 3 == 0 ? 7 : 1;
        Map<String, float[]> raw = new LinkedHashMap<>();
        NDList gradients = new NDList();
        for (String name : parameters.keySet()) {
          raw.put(name, normal(random, 0.1 * divisor));
          gradients.add(manager.create(raw.get(name)));
        }
        int now = step;
        double expected = Math.sqrt(raw.values().stream().mapToDouble(AdamWTest::squares).sum());
        assertThat(operators.lossAndNorm(manager.create(2f), gradients).gradNorm() / expected)
            .isBetween(1 - 1e-5, 1 + 1e-5);
        operators.adamW(
            groups.get(0).with(gradients.subNDList(0, 1)), numbers(now, DECAY), divisor);
        operators.adamW(groups.get(1).with(gradients.subNDList(1)), numbers(now, 0), divisor);
        references.forEach((name, reference) -> reference.step(raw.get(name), 1 / divisor, now));

        // Then
        references.forEach(
            (name, reference) ->
                assertThat(parameters.get(name).toFloatArray())
                    .as("%s after step %d", name, now)
                    .usingComparatorWithPrecision(2e-5f)
                    .containsExactly(reference.weights()));
      }
    }
  }

  @Test
  void aLossOrGradientThatIsNotFiniteShowsInTheNumbersThatDecide() {
    try (NDManager manager = NDManager.newBaseManager()) {
      UpdateOps operators = TorchOps.load(manager).updates();
      NDList good = new NDList(manager.create(new float[] {3, 4}));
      NDList bad = new NDList(manager.create(new float[] {3, Float.NaN}));

      assertThat(operators.lossAndNorm(manager.create(1f), good))
          .isEqualTo(new UpdateOps.LossAndNorm(1, 5));
      assertThat(operators.lossAndNorm(manager.create(1f), bad).isFinite()).isFalse();
      assertThat(operators.lossAndNorm(manager.create(Float.POSITIVE_INFINITY), good).isFinite())
          .isFalse();
    }
  }

  private static AdamWNumbers numbers(int step, double decay) {
    return new AdamWNumbers(step, RATE, BETA1, BETA2, EPSILON, decay);
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  /** A group's parameters and moments. */
  private record Moments(NDList parameters, NDList first, NDList second) {
    Moments(NDList parameters, NDManager manager) {
      this(parameters, zeros(parameters, manager), zeros(parameters, manager));
    }

    UpdateOps.Group with(NDList gradients) {
      return new UpdateOps.Group(parameters, gradients, first, second);
    }

    private static NDList zeros(NDList parameters, NDManager manager) {
      NDList zeros = new NDList();
      parameters.forEach(array -> zeros.add(manager.zeros(array.getShape())));
      return zeros;
    }
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
