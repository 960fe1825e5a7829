package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradNormWatchTest {

  private static final double FACTOR = 4;
  private static final double MAX_NORM = 1;

  @Test
  void aNormAboveTheFactorTimesTheMedianIsASpikeAndWarnedOf() {
    try (CapturedLog log = CapturedLog.of(GradNormWatch.class)) {
      // Given norms with the median 2.5: half 2, half 3
      GradNormWatch watch = watch(20, 2, 3);

      // When / Then the limit is 10
      assertThat(watch.observe(21, 9.99)).isFalse();
      assertThat(watch.observe(22, 12.01)).as("4 times the median, 3 by now").isTrue();
      assertThat(log.lines())
          .containsExactly(
              "WARN step 22: the gradient norm 12.0 is 4.0 times its recent median 3.00;"
                  + " it was clipped to 1.0 and trained on");
    }
  }

  @Test
  void aNormThatIsNotClippedIsNoSpike() {
    assertThat(watch(40, 0.01, 0.01).observe(41, 1.0)).isFalse();
  }

  @Test
  void theFirstStepsAreEvidenceOnly() {
    assertThat(watch(GradNormWatch.EVIDENCE - 1, 2, 2).observe(20, 1000)).isFalse();
    assertThat(watch(GradNormWatch.EVIDENCE, 2, 2).observe(21, 1000)).isTrue();
  }

  @Test
  void aNewHeightThatLastsBecomesTheUsualOne() {
    try (CapturedLog log = CapturedLog.of(GradNormWatch.class)) {
      // Given
      GradNormWatch watch = watch(GradNormWatch.WINDOW, 2, 2);

      // When more than half of the window has it
      int spikes = 0;
      for (int step = 0; step < GradNormWatch.WINDOW; step++) {
        spikes += watch.observe(step, 40) ? 1 : 0;
      }

      // Then 50 are spikes; the next sees the median of 50 low and 50 high ones, 21, and is none
      assertThat(spikes).isEqualTo(50);
      assertThat(log.lines()).as("one line for all of them").hasSize(1);
      assertThat(watch.recent()).hasSize(GradNormWatch.WINDOW).containsOnly(40.0);
    }
  }

  @Test
  void aWatchMadeOfTheNormsOfAnotherJudgesAsItDoes() {
    // Given
    List<Double> norms = watch(30, 2, 3).recent();

    // Then
    assertThat(new GradNormWatch(FACTOR, MAX_NORM, norms).observe(31, 10.01)).isTrue();
    assertThat(new GradNormWatch(FACTOR, MAX_NORM, List.of()).observe(31, 10.01)).isFalse();
  }

  @Test
  void aStepTellsWhetherItsNormIsASpikeAcrossARestartToo() {
    // Given a factor of 1, so that any norm above the median is one
    TrainingSettings settings =
        TinyBert.settings(Map.of("grad-norm-spike-factor", "1", "max-grad-norm", "1e-6"));
    List<Double> norms = new ArrayList<>();
    int spikes = 0;
    FineTuner tuner = new FineTuner(TinyBert.model(0.1), settings, Labels.TASK);
    try {
      for (int step = 0; step < 40; step++) {
        if (step == 25) {
          FineTunerState saved = tuner.snapshot();
          tuner.close();
          tuner =
              FineTuner.restore(
                  new Bert(TinyBert.config(0.1)), saved, settings, Device.cpu(), Labels.TASK);
        }

        // When
        StepOutcome.Applied applied = (StepOutcome.Applied) tuner.step(TinyBert.batch(8, step));

        // Then
        boolean above = step >= GradNormWatch.EVIDENCE && applied.gradNorm() > median(norms);
        assertThat(applied.gradNormSpike()).as("step %d", step).isEqualTo(above);
        spikes += above ? 1 : 0;
        norms.add(applied.gradNorm());
      }
      assertThat(spikes).isBetween(1, 19);
    } finally {
      tuner.close();
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  private static GradNormWatch watch(int norms, double even, double odd) {
    GradNormWatch watch = new GradNormWatch(FACTOR, MAX_NORM, List.of());
    for (int step = 0; step < norms; step++) {
      assertThat(watch.observe(step, step % 2 == 0 ? even : odd)).isFalse();
    }
    return watch;
  }
}
