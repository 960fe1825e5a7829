package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.TransformerClassifier;
import io.millrace.task.Loss;
import io.millrace.task.LossWeights;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObjectiveTest {

  private final TransformerClassifier model = TinyBert.model(0);
  private final Objective objective = objective(Labels.TASK.loss(TinyBert.settings(Map.of())));

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    // Given a batch with padding
    model.parameters().trainable().values().forEach(array -> array.setRequiresGradient(true));
    TokenBatch batch = TinyBert.batch(6, 11);
    List<String> names = List.copyOf(model.parameters().trainable().keySet());

    try (NDManager scope = model.newScope()) {
      // When
      NDList gradients =
          objective.gradients(scope, batch, alone(batch), Optional.empty(), false).gradients();

      // Then the largest entry of every tensor matches the slope of the loss
      for (int i = 0; i < names.size(); i++) {
        float[] gradient = gradients.get(i).toFloatArray();
        int largest = indexOfLargest(gradient);
        double slope = slope(names.get(i), largest, batch);
        assertThat((double) gradient[largest])
            .as("%s[%d]", names.get(i), largest)
            .isCloseTo(slope, within(2e-3 * Math.abs(slope) + 2e-5));
      }
    }
  }

  @Test
  void lossIsTheMeanCrossEntropyWeightedByExample() {
    // Given
    Random random = new Random(2);
    List<TokenizedExample> examples = new ArrayList<>();
    double[] weights = {1, 4, 0.5};
    for (int i = 0; i < weights.length; i++) {
      examples.add(TinyBert.example(i, 5 + i, weights[i], random));
    }
    TokenBatch batch = TokenBatch.of(examples);

    // When
    double loss = loss(batch);

    // Then
    float[][] logits = model.logits(batch.tokens());
    double weighted = 0;
    for (int i = 0; i < weights.length; i++) {
      double sum = 0;
      for (float logit : logits[i]) {
        sum += Math.exp(logit);
      }
      weighted += weights[i] * (Math.log(sum) - logits[i][examples.get(i).target().group()]);
    }
    assertThat(loss).isCloseTo(weighted / 5.5, within(1e-6));
  }

  private double loss(TokenBatch batch) {
    model.parameters().trainable().values().forEach(array -> array.setRequiresGradient(true));
    try (NDManager scope = model.newScope()) {
      return objective
          .gradients(scope, batch, alone(batch), Optional.empty(), false)
          .loss()
          .getFloat();
    }
  }

  private Objective objective(Loss loss) {
    return new Objective(
        model, new NDList(model.parameters().trainable().values()), loss, Optional.empty());
  }

  private static LossWeights alone(TokenBatch batch) {
    return LossWeights.of(batch.examples(), new double[] {1, 1});
  }

  /** Central difference in the direction of one weight. */
  private double slope(String name, int index, TokenBatch batch) {
    NDArray array = model.parameters().array(name);
    var values = array.toByteBuffer(true).asFloatBuffer(); // the array's own memory
    float before = values.get(index);
    float step = 5e-3f;
    values.put(index, before + step);
    double above = loss(batch);
    values.put(index, before - step);
    double below = loss(batch);
    values.put(index, before);
    return (above - below) / (2 * (double) step);
  }

  private static int indexOfLargest(float[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }
}
