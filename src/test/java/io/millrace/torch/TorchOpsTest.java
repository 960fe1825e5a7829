package io.millrace.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TorchOpsTest {

  private final NDManager manager = NDManager.newBaseManager();
  private final TorchOps ops = TorchOps.load(manager);

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void attentionIsSoftmaxOfScaledProductsTimesValues() {
    // Given one head, two tokens, width 1: scores are q * k
    NDArray query = manager.create(new float[] {1, 2}, new Shape(1, 1, 2, 1));
    NDArray key = manager.create(new float[] {0.5f, -1}, new Shape(1, 1, 2, 1));
    NDArray value = manager.create(new float[] {10, 20}, new Shape(1, 1, 2, 1));

    // When
    float[] attended = ops.attention(0).apply(query, key, value, null).toFloatArray();

    // Then
    double first = 1 / (1 + Math.exp(-1.5));
    double second = 1 / (1 + Math.exp(-3.0));
    assertThat(attended[0]).isCloseTo((float) (10 * first + 20 * (1 - first)), within(1e-4f));
    assertThat(attended[1]).isCloseTo((float) (10 * second + 20 * (1 - second)), within(1e-4f));
  }

  @Test
  void maskedTokensAreNotAttendedTo() {
    // Given
    NDArray any = manager.create(new float[] {1, 2}, new Shape(1, 1, 2, 1));
    NDArray value = manager.create(new float[] {10, 20}, new Shape(1, 1, 2, 1));
    NDArray mask = manager.create(new float[] {0, Float.NEGATIVE_INFINITY}, new Shape(1, 1, 1, 2));

    // When
    float[] attended = ops.attention(0).apply(any, any, value, mask).toFloatArray();

    // Then
    assertThat(attended).containsExactly(10, 10);
  }

  @Test
  void dropoutIsAFunctionOfTheSeed() {
    // Given
    NDArray any = manager.randomNormal(new Shape(2, 2, 8, 4));

    // When
    float[][] runs = new float[3][];
    for (int run = 0; run < 3; run++) {
      TorchOps.seed(run == 2 ? 8 : 7);
      runs[run] = ops.attention(0.5).apply(any, any, any, null).toFloatArray();
    }

    // Then
    assertThat(runs[0]).isEqualTo(runs[1]).isNotEqualTo(runs[2]);
  }

  @Test
  void gradientsAreFreshAtEachCall() {
    // Given loss = sum(shares * ce) of two classes
    NDArray logits = manager.create(new float[] {0, 0, 3, 1}, new Shape(2, 2));
    logits.setRequiresGradient(true);
    NDArray labels = manager.create(new long[] {0, 1});
    NDArray shares = manager.create(new float[] {0.25f, 0.75f});

    for (int call = 0; call < 3; call++) {
      // When
      float[] gradient;
      try (NDManager scope = manager.newSubManager();
          GradMode recording = GradMode.recording()) {
        logits.tempAttach(scope);
        NDArray loss = ops.crossEntropy(logits, labels, shares);
        gradient = ops.gradients(loss, new NDList(logits)).head().toFloatArray();
      }

      // Then softmax minus one-hot, times the share, whatever went before
      float p = (float) (1 / (1 + Math.exp(-2)));
      assertThat(gradient)
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(-0.125f, 0.125f, 0.75f * p, -0.75f * p);
    }
  }

  @Test
  void arraysAreAddedInPlaceByIndex() {
    NDList sums = new NDList(manager.create(new float[] {1, 2}), manager.create(5f));

    ops.updates()
        .addInPlace(sums, new NDList(manager.create(new float[] {10, 20}), manager.create(-2f)));

    assertThat(sums.get(0).toFloatArray()).containsExactly(11, 22);
    assertThat(sums.get(1).getFloat()).isEqualTo(3);
  }

  @Test
  void theGlobalNormSpansAllArrays() {
    NDList arrays = new NDList(manager.create(new float[] {1, 2}), manager.create(new float[] {2}));

    assertThat(ops.globalNorm(arrays)).isEqualTo(3);
  }
}
