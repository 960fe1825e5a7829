package io.millrace.task.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelAnswerTest {

  @Test
  void logitsBecomeProbabilitiesMostProbableFirst() {
    // When
    LabelAnswer prediction = LabelAnswer.of(List.of("a", "b", "c"), new float[] {0, 2, 1});

    // Then
    assertThat(prediction.label()).isEqualTo("b");
    assertThat(prediction.probabilities().keySet()).containsExactly("b", "c", "a");
    assertThat(prediction.probability()).isCloseTo(0.66524, within(1e-5));
    assertThat(prediction.probabilities().values().stream().mapToDouble(p -> p).sum())
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void largeLogitsDoNotOverflow() {
    // When
    LabelAnswer prediction = LabelAnswer.of(List.of("a", "b"), new float[] {5000, -5000});

    // Then
    assertThat(prediction.probability()).isEqualTo(1);
    assertThat(prediction.probabilities()).containsEntry("b", 0.0);
  }

  @Test
  void asManyLogitsAsLabelsAreNeeded() {
    assertThatThrownBy(() -> LabelAnswer.of(List.of("a", "b"), new float[] {1}))
        .hasMessage("1 logits for 2 labels (a, b)");
  }

  @Test
  void logitsThatAreNotFiniteGiveNoPrediction() {
    assertThatThrownBy(() -> LabelAnswer.of(List.of("a", "b"), new float[] {1, Float.NaN}))
        .hasMessage("logits must be finite, one is NaN for 2 labels (a, b)");
    assertThatThrownBy(
            () -> LabelAnswer.of(List.of("a", "b"), new float[] {Float.POSITIVE_INFINITY, 1}))
        .hasMessageStartingWith("logits must be finite");
  }

  @Test
  void theMostProbableLabelsAreCutOffUnchanged() {
    // Given
    LabelAnswer all = LabelAnswer.of(List.of("a", "b", "c"), new float[] {0, 2, 1});

    // When
    LabelAnswer two = all.top(2);

    // Then
    assertThat(two.probabilities().keySet()).containsExactly("b", "c");
    assertThat(two.probabilities().get("c")).isEqualTo(all.probabilities().get("c"));
    assertThat(two.label()).isEqualTo("b");
    assertThat(two.probability()).isEqualTo(all.probability());
    assertThat(all.top(9)).isEqualTo(all);
  }
}
