package io.millrace.task.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.LabelSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassWeightsTest {

  private static final LabelSet LABELS = new LabelSet(List.of("ham", "spam", "eggs"));

  @Test
  void noneCountsAllClassesTheSame() {
    assertThat(ClassWeights.of("none", LABELS).after(Map.of("ham", 900L))).containsExactly(1, 1, 1);
  }

  @Test
  void balancedIsThatOfScikitLearn() {
    // sklearn.utils.class_weight.compute_class_weight("balanced", ...): 120 / (3 * count)
    assertThat(
            ClassWeights.of("balanced", LABELS).after(Map.of("ham", 100L, "spam", 16L, "eggs", 4L)))
        .containsExactly(0.4, 2.5, 10);
  }

  @Test
  void aLabelNotSeenYetCountsAsSeenOnce() {
    ClassWeights balanced = ClassWeights.of("balanced", LABELS);

    assertThat(balanced.after(Map.of())).containsExactly(1, 1, 1);
    assertThat(balanced.after(Map.of("ham", 4L))).containsExactly(0.5, 2, 2);
  }

  @Test
  void weightsAreGivenByLabel() {
    assertThat(ClassWeights.of("eggs=2.5, ham = 0.5", LABELS).after(Map.of("ham", 900L)))
        .containsExactly(0.5, 1, 2.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "tofu=2; \"tofu=2\": expected none, balanced, or label=weight with one of the 3 labels (ham, spam, eggs)",
        "balancd; \"balancd\": expected none, balanced, or label=weight with one of the 3 labels (ham, spam, eggs)",
        "ham=1,spam=much; \"spam=much\": its weight is not a number",
        "ham=0; \"ham=0\": its weight is not a finite number above 0",
        "ham=NaN; \"ham=NaN\": its weight is not a finite number above 0"
      })
  void whatIsNotUnderstoodIsNamed(String setting, String complaint) {
    assertThatThrownBy(() -> ClassWeights.of(setting, LABELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("millrace.training.class-weights has " + complaint);
  }
}
