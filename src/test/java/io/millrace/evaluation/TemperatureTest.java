package io.millrace.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemperatureTest {

  @Test
  void aModelThatIsThreeTimesTooSureIsFoundOut() {
    // Given labels drawn from a softmax, and logits three times as large
    SplittableRandom random = new SplittableRandom(9);
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      double margin = random.nextDouble(-2, 2);
      int label = random.nextDouble() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
      predictions.add(Prediction.of(new float[] {0, (float) (3 * margin)}, label));
    }

    // When
    Temperature temperature = Temperature.fit(predictions);

    // Then
    assertThat(temperature.value()).isCloseTo(3, within(0.15));
    assertThat(temperature.of(new float[] {6, -3}))
        .containsExactly(
            6 * (float) (1 / temperature.value()), -3 * (float) (1 / temperature.value()));
  }

  @Test
  void itIsTheMinimumOfTheLoss() {
    List<Prediction> predictions =
        List.of(
            Prediction.of(new float[] {2, 0}, 0),
            Prediction.of(new float[] {2, 0}, 0),
            Prediction.of(new float[] {2, 0}, 0),
            Prediction.of(new float[] {2, 0}, 1));

    // Then sigmoid(2 / T) = 3/4, so T = 2 / ln 3
    assertThat(Temperature.fit(predictions).value()).isCloseTo(2 / Math.log(3), within(1e-6));
  }

  @Test
  void withoutExamplesOrWithoutAnErrorItStaysWithinItsBounds() {
    assertThat(Temperature.fit(List.of())).isEqualTo(Temperature.NONE);
    double sure = Temperature.fit(List.of(Prediction.of(new float[] {1, 0}, 0))).value();
    assertThat(sure).isBetween(0.049, 0.06);
  }
}
