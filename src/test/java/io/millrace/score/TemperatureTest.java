package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
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
    Temperature temperature = Temperature.fit(predictions, 100);

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

    // Then sigmoid(2 / T) is the mean of 5/6, 5/6, 5/6 and 1/6, so T = 2 / ln 2
    assertThat(Temperature.fit(predictions, 4).value()).isCloseTo(2 / Math.log(2), within(1e-6));
  }

  @Test
  void withFewExamplesThereIsNone() {
    List<Prediction> three = Collections.nCopies(3, Prediction.of(new float[] {1, 0}, 0));

    assertThat(Temperature.fit(three, 4)).isEqualTo(Temperature.NONE);
    assertThat(Temperature.fit(List.of(), 0)).isEqualTo(Temperature.NONE);
  }

  @Test
  void withoutAnErrorItIsNoSurerThanSoManyExamplesAllow() {
    // Given
    List<Prediction> right = Collections.nCopies(98, Prediction.of(new float[] {6, 0}, 0));
    List<Prediction> ofThree = Collections.nCopies(98, Prediction.of(new float[] {6, 0, -40}, 0));

    // Then sigmoid(6 / T) = 99/100, and a label that is out of the question changes nothing
    assertThat(Temperature.fit(right, 1).value()).isCloseTo(6 / Math.log(99), within(1e-6));
    assertThat(Temperature.fit(ofThree, 1).value()).isCloseTo(6 / Math.log(99), within(1e-3));
  }
}
