package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.TrainedStep;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelRowsTest {

  private static final TrainingSettings SETTINGS =
      TinyBert.settings(
          Map.of(
              "ema-decay", "0.9",
              "lr-scheduler-type", "warmup-stable-decay",
              "decay-steps", "3",
              "warmup-steps", "0"));

  @Test
  void addedLabelsLeaveOldRowsTheirMomentsAndTheirAnswersAsTheyWere() {
    // Given a run of a few steps
    TokenMatrix texts = TinyBert.batch(8, 9).tokens();
    FineTunerState before;
    float[][] answers;
    try (FineTuner tuner = new FineTuner(TinyBert.model(0.1), SETTINGS, Labels.TASK)) {
      for (int step = 0; step < 4; step++) {
        tuner.step(TinyBert.batch(16, step));
      }
      before = tuner.snapshot();
      answers = tuner.logits(texts);
    }

    // When
    FineTunerState after = before.withLabels(new Bert(TinyBert.config(0.1)), 4, 42);

    // Then
    assertOldRowsStay(before.weights(), after.weights());
    assertOldRowsStay(before.firstMoments(), after.firstMoments());
    assertOldRowsStay(before.secondMoments(), after.secondMoments());
    assertOldRowsStay(before.averages(), after.averages());
    assertThat(newRows(after.firstMoments())).containsOnly(0);
    assertThat(newRows(after.secondMoments())).containsOnly(0);
    assertThat(newRows(after.weights())).doesNotContain(0);
    assertThat(after.history().lastSteps())
        .extracting(TrainedStep::classWeights)
        .containsOnly(List.of(1.0, 1.0, 1.0, 1.0));

    // And the run goes on, evaluated by a decay branch over steps from before
    try (FineTuner tuner =
        FineTuner.restore(
            new Bert(TinyBert.config(0.1)), after, SETTINGS, Device.cpu(), Labels.TASK)) {
      float[][] now = tuner.logits(texts);
      for (int row = 0; row < now.length; row++) {
        assertThat(Arrays.copyOf(now[row], 2)).containsExactly(answers[row], within(1e-6f));
      }
      assertThat(tuner.step(TinyBert.batch(16, 5))).isInstanceOf(StepOutcome.Applied.class);
      assertThat(newRows(tuner.snapshot().secondMoments())).doesNotContain(0);
      try (CandidateModel candidate = CandidateModel.of(tuner)) {
        assertThat(candidate.model().numLabels()).isEqualTo(4);
      }
    }
  }

  private static void assertOldRowsStay(
      Map<String, HostTensor> before, Map<String, HostTensor> after) {
    assertThat(after.keySet()).containsExactlyElementsOf(before.keySet());
    before.forEach(
        (name, tensor) ->
            assertThat(Arrays.copyOf(after.get(name).data(), tensor.data().length))
                .as(name)
                .containsExactly(tensor.data()));
    assertThat(after.get("classifier.weight").shape()).containsExactly(4, TinyBert.HIDDEN);
    assertThat(after.get("classifier.bias").shape()).containsExactly(4);
  }

  private static float[] newRows(Map<String, HostTensor> tensors) {
    float[] all = tensors.get("classifier.weight").data();
    return Arrays.copyOfRange(all, 2 * TinyBert.HIDDEN, all.length);
  }
}
