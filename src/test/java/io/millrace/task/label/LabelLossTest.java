package io.millrace.task.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.example.Target;
import io.millrace.task.LossWeights;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.GradMode;
import io.millrace.torch.TorchOps;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses beside the formula of {@link Loss}, computed here in double precision. */
class LabelLossTest {

  private static final int CLASSES = 3;
  private static final float[] LOGITS = {2, -1, 0.5f, 0.25f, 0.5f, -2, -4, 5, 1, 0, 0, 0};
  private static final int[] LABELS = {0, 2, 0, 1};
  private static final double[] WEIGHTS = {1, 0.5, 3, 2};
  private static final double[] CLASS_WEIGHTS = {0.5, 4, 1.5};
  private static final double[] SAME = {1, 1, 1};

  private final NDManager manager = NDManager.newBaseManager();
  private final TorchOps operators = TorchOps.load(manager);

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "0, 0, true",
    "0.1, 0, false",
    "0.1, 0, true",
    "1, 0, true",
    "0, 2, false",
    "0, 2, true",
    "0, 0.5, true",
    "0.2, 1.5, false",
    "0.2, 1.5, true"
  })
  void valueAndGradientAreThoseOfTheFormula(double smoothing, double gamma, boolean weighted) {
    // Given
    double[] classWeights = weighted ? CLASS_WEIGHTS : SAME;

    // When
    Result result = run(loss(smoothing, gamma), batch(), LOGITS, classWeights);

    // Then
    assertThat(result.value())
        .isCloseTo(formula(doubles(), smoothing, gamma, classWeights), within(2e-6));
    for (int i = 0; i < LOGITS.length; i++) {
      double[] above = doubles();
      double[] below = doubles();
      above[i] += 1e-5;
      below[i] -= 1e-5;
      double slope =
          (formula(above, smoothing, gamma, classWeights)
                  - formula(below, smoothing, gamma, classWeights))
              / 2e-5;
      assertThat((double) result.gradient()[i]).as("logit %d", i).isCloseTo(slope, within(1e-6));
    }
  }

  @Test
  void pyTorchsOwnNumbersComeOut() {
    // Given two classes with logits 0 and ln 3, so p = 1/4 and 3/4, and weights 1 and 3
    float[] logits = {0, (float) Math.log(3), 0, (float) Math.log(3)};
    TokenBatch batch = TokenBatch.of(List.of(example(0, 0, 1), example(1, 1, 1)));
    double[] classWeights = {1, 3};

    // When / Then (1 * ln 4 + 3 * ln 4/3) / (1 + 3)
    double plain = (Math.log(4) + 3 * Math.log(4 / 3.0)) / 4;
    assertThat(run(loss(0, 0), batch, logits, classWeights).value()).isCloseTo(plain, within(1e-6));

    // When / Then 0.9 of that, and 0.1 / 2 of both classes' terms in both examples, over 4
    double spread = 2 * (Math.log(4) + 3 * Math.log(4 / 3.0)) / 4;
    assertThat(run(loss(0.1, 0), batch, logits, classWeights).value())
        .isCloseTo(0.9 * plain + 0.05 * spread, within(1e-6));

    // When / Then the focal factor of gamma 2 is 9/16 for the first and 1/16 for the second
    assertThat(run(loss(0, 2), batch, logits, classWeights).value())
        .isCloseTo((9 / 16.0 * Math.log(4) + 3 / 16.0 * Math.log(4 / 3.0)) / 4, within(1e-6));
  }

  @Test
  void aCertainAnswerHasAFiniteFocalGradient() {
    // Given a probability of exactly 1 in float32, where the slope of (1 - p)^0.5 is infinite
    TokenBatch batch = TokenBatch.of(List.of(example(0, 0, 1)));

    for (double gamma : new double[] {0.5, 1, 2}) {
      // When
      Result result =
          run(loss(0.1, gamma), batch, new float[] {200, -200, 0}, new double[] {1, 1, 1});

      // Then
      assertThat(result.value()).isFinite();
      for (float slope : result.gradient()) {
        assertThat(slope).isFinite();
      }
    }
  }

  @Test
  void theScaleOfClassWeightsHasNoEffect() {
    double[] tenfold = {5, 40, 15};

    Result one = run(loss(0.1, 1), batch(), LOGITS, CLASS_WEIGHTS);
    Result other = run(loss(0.1, 1), batch(), LOGITS, tenfold);

    assertThat(other.value()).isCloseTo(one.value(), within(1e-6));
  }

  @Test
  void settingsChooseTheOperator() {
    assertThat(loss(0, 0)).isEqualTo(new LabelLoss.CrossEntropy());
    assertThat(loss(0.1, 0)).isEqualTo(new LabelLoss.SmoothedCrossEntropy(0.1));
    assertThat(loss(0.1, 2)).isEqualTo(new LabelLoss.Focal(2, 0.1));
  }

  private static LabelLoss loss(double smoothing, double gamma) {
    return LabelLoss.of(
        TinyBert.settings(
            Map.of(
                "label-smoothing-factor", Double.toString(smoothing),
                "focal-gamma", Double.toString(gamma))));
  }

  private Result run(LabelLoss loss, TokenBatch batch, float[] values, double[] classWeights) {
    try (NDManager scope = manager.newSubManager();
        GradMode recording = GradMode.recording()) {
      NDArray logits = scope.create(values, new Shape(batch.size(), classWeights.length));
      logits.setRequiresGradient(true);
      NDArray value =
          loss.of(operators, scope, logits, batch, LossWeights.of(batch.examples(), classWeights));
      double number = value.getFloat();
      return new Result(
          number, operators.gradients(value, new NDList(logits)).head().toFloatArray());
    }
  }

  private static double formula(
      double[] logits, double smoothing, double gamma, double[] classWeights) {
    double sum = 0;
    double divisor = 0;
    for (int i = 0; i < LABELS.length; i++) {
      double all = 0;
      for (int k = 0; k < CLASSES; k++) {
        all += Math.exp(logits[i * CLASSES + k]);
      }
      for (int k = 0; k < CLASSES; k++) {
        double p = Math.exp(logits[i * CLASSES + k]) / all;
        double q = (k == LABELS[i] ? 1 - smoothing : 0) + smoothing / CLASSES;
        sum += WEIGHTS[i] * q * classWeights[k] * Math.pow(1 - p, gamma) * -Math.log(p);
      }
      divisor += WEIGHTS[i] * classWeights[LABELS[i]];
    }
    return sum / divisor;
  }

  private static double[] doubles() {
    double[] values = new double[LOGITS.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = LOGITS[i];
    }
    return values;
  }

  private static TokenBatch batch() {
    return TokenBatch.of(
        List.of(
            example(0, LABELS[0], WEIGHTS[0]),
            example(1, LABELS[1], WEIGHTS[1]),
            example(2, LABELS[2], WEIGHTS[2]),
            example(3, LABELS[3], WEIGHTS[3])));
  }

  private static TokenizedExample example(long offset, int label, double weight) {
    return new TokenizedExample(
        "id" + offset,
        Examples.text(3),
        new Target.Label(label),
        weight,
        Examples.NOON,
        Examples.at(offset));
  }

  private record Result(double value, float[] gradient) {}
}
