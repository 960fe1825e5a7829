package io.millrace.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.Pooling;
import io.millrace.step.FineTuner;
import io.millrace.testing.Berts;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LazyAdamWTest {

  private static final TrainingSettings SETTINGS =
      TinyBert.settings(Map.of("learning-rate", "5e-4", "warmup-steps", "20"));

  @ParameterizedTest
  @EnumSource
  void after200StepsTheWeightsEqualAdamWOnTheWholeTable(Pooling pooling) {
    // Given the same model, once with rows that are updated when needed, once as a whole
    try (FineTuner lazy = tuner(pooling, true);
        FineTuner dense = tuner(pooling, false)) {
      // When batches touch a few of the rows each
      for (int step = 0; step < 200; step++) {
        lazy.step(TinyBert.batch(2, step));
        dense.step(TinyBert.batch(2, step));
      }

      // Then
      float largest = 0;
      try (TransformerClassifier current = lazy.candidate()) {
        Map<String, HostTensor> expected = dense.model().snapshot();
        for (Map.Entry<String, HostTensor> entry : current.snapshot().entrySet()) {
          if (entry.getKey().endsWith("key.bias")) {
            continue; // softmax does not see it: its gradient is rounding noise, made large by Adam
          }
          largest =
              Math.max(largest, largestDifference(entry.getValue(), expected.get(entry.getKey())));
        }
      }
      assertThat(largest).isLessThan(1e-5f);

      // And rows were behind: the table itself does not equal it
      assertThat(
              largestDifference(
                  lazy.model().snapshot().get(Berts.WORDS),
                  dense.model().snapshot().get(Berts.WORDS)))
          .isGreaterThan(1e-5f);
    }
  }

  @Test
  void lookingAtTheCurrentModelChangesNothing() {
    try (FineTuner watched = tuner(true);
        FineTuner alone = tuner(true)) {
      for (int step = 0; step < 12; step++) {
        watched.step(TinyBert.batch(2, step));
        alone.step(TinyBert.batch(2, step));
        try (TransformerClassifier current = watched.candidate()) {
          current.logits(TinyBert.batch(8, 99).tokens());
        }
      }

      watched
          .snapshot()
          .weights()
          .forEach(
              (name, tensor) ->
                  assertThat(tensor.data())
                      .as(name)
                      .isEqualTo(alone.snapshot().weights().get(name).data()));
    }
  }

  @Test
  void aBatchIsScoredByTheSameWeightsThatTheCurrentModelHas() {
    try (FineTuner tuner = tuner(true)) {
      for (int step = 0; step < 20; step++) {
        tuner.step(TinyBert.batch(2, step));
      }

      float[][] expected;
      try (TransformerClassifier current = tuner.candidate()) {
        expected = current.logits(TinyBert.batch(8, 99).tokens());
      }

      assertThat(tuner.logits(TinyBert.batch(8, 99).tokens())).isDeepEqualTo(expected);
    }
  }

  @Test
  void rowsThatLagAreRestoredWithASnapshot() {
    try (FineTuner uninterrupted = tuner(true)) {
      // Given
      for (int step = 0; step < 10; step++) {
        uninterrupted.step(TinyBert.batch(2, step));
      }
      FineTunerState saved = uninterrupted.snapshot();
      assertThat(saved.lazyRows()).isPresent();

      // When
      try (FineTuner restored =
          FineTuner.restore(
              new Bert(TinyBert.config(0)), saved, SETTINGS, Device.cpu(), Labels.TASK)) {
        for (int step = 10; step < 40; step++) {
          uninterrupted.step(TinyBert.batch(2, step));
          restored.step(TinyBert.batch(2, step));
        }

        // Then
        assertThat(restored.snapshot().weights().get(Berts.WORDS).data())
            .isEqualTo(uninterrupted.snapshot().weights().get(Berts.WORDS).data());
      }
    }
  }

  private static FineTuner tuner(boolean lazy) {
    return tuner(Pooling.CLS, lazy);
  }

  private static FineTuner tuner(Pooling pooling, boolean lazy) {
    TransformerClassifier model =
        TransformerClassifier.fresh(
            TinyBert.base(0).with(pooling), TinyBert.LABELS, 42, Device.cpu());
    return new FineTuner(
        OptimizedModel.of(model, SETTINGS, lazy),
        Labels.TASK,
        optimized -> Optimizer.fresh(optimized, model.newScope()),
        StartingPoint.FIRST_STEP,
        UnaryOperator.identity());
  }

  private static float largestDifference(HostTensor one, HostTensor other) {
    float largest = 0;
    for (int i = 0; i < one.data().length; i++) {
      largest = Math.max(largest, Math.abs(one.data()[i] - other.data()[i]));
    }
    return largest;
  }
}
