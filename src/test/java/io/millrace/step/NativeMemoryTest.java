package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.LINUX;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

/** A service that trains for months must not keep anything of a step behind. */
class NativeMemoryTest {

  private static final int WARM_UP = 300;
  private static final int STEPS = 1000;

  /** A leak of one [B * T, H] array a step would be 16 MB. */
  private static final long TOLERANCE_KB = 8 * 1024;

  @Test
  @EnabledOnOs(LINUX)
  void aThousandStepsLeaveNoNativeMemoryBehind() throws IOException {
    try (FineTuner tuner =
        new FineTuner(
            TinyBert.model(0.1),
            TinyBert.settings(Map.of("learning-rate", "1e-4", "ema-decay", "0.99")),
            Labels.TASK)) {
      // Given the allocators and the JIT have settled
      run(tuner, WARM_UP);
      long arraysBefore = managedArrays(tuner);
      long residentBefore = residentKb();

      // When
      run(tuner, STEPS);

      // Then
      assertThat(managedArrays(tuner)).isEqualTo(arraysBefore);
      assertThat(residentKb() - residentBefore).as("growth in kB").isLessThan(TOLERANCE_KB);
    }
  }

  @Test
  void stepsOfMicroBatchesAndFailedPassesLeaveNoArrayBehind() {
    // Given a loss with scalars of its own, and passes that fail while they hold arrays
    TrainingSettings settings =
        TinyBert.settings(Map.of("focal-gamma", "2", "label-smoothing-factor", "0.1"));
    try (FineTuner tuner =
        new FineTuner(
            TinyBert.model(0.1),
            settings,
            Labels.TASK,
            passes ->
                (scope, batch, weights, taken) -> {
                  Objective.Gradients gradients = passes.of(scope, batch, weights, taken);
                  if (batch.size() > 4) {
                    throw new EngineException("out of memory");
                  }
                  return gradients;
                })) {
      tuner.step(TinyBert.batch(8, 0));
      long before = managedArrays(tuner);

      // When
      StepOutcome outcome = tuner.step(TinyBert.batch(8, 1));

      // Then
      assertThat(outcome.outOfMemory()).isOne();
      assertThat(managedArrays(tuner)).isEqualTo(before);
    }
  }

  @Test
  void scoringLeavesNoArrayBehind() {
    try (FineTuner tuner =
        new FineTuner(TinyBert.model(0.1), TinyBert.settings(Map.of()), Labels.TASK)) {
      tuner.model().logits(TinyBert.batch(4, 0).tokens());
      long before = managedArrays(tuner);

      tuner.model().logits(TinyBert.batch(4, 0).tokens());

      assertThat(managedArrays(tuner)).isEqualTo(before);
    }
  }

  @Test
  void candidatesLeaveNoArrayBehind() {
    try (FineTuner tuner =
        new FineTuner(TinyBert.model(0.1), TinyBert.settings(Map.of()), Labels.TASK)) {
      tuner.step(TinyBert.batch(8, 0));
      tuner.candidate().close();
      long before = managedArrays(tuner);

      tuner.candidate().close();

      assertThat(managedArrays(tuner)).isEqualTo(before);
    }
  }

  private static void run(FineTuner tuner, int steps) {
    for (int step = 0; step < steps; step++) {
      tuner.step(TinyBert.batch(8, step % 50));
      if (step % 10 == 0) {
        tuner.model().logits(TinyBert.batch(8, step % 50).tokens());
      }
    }
  }

  /** Arrays that any manager of the process holds. */
  private static long managedArrays(FineTuner tuner) {
    try (NDManager scope = tuner.model().newScope()) {
      NDManager root = scope;
      while (root.getParentManager() != null) {
        root = root.getParentManager();
      }
      return root.getManagedArrays().size();
    }
  }

  private static long residentKb() throws IOException {
    System.gc(); // the Java heap's share should not move either
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
