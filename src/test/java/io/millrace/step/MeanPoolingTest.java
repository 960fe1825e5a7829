package io.millrace.step;

import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.ParameterGroup;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a head without a pooler means for groups, moments, averages and snapshots. */
class MeanPoolingTest {

  private static final BertConfig CONFIG = TinyBert.config(0.1).with(Pooling.MEAN);
  private static final Set<String> CLASSIFIER = Set.of("classifier.weight", "classifier.bias");

  @Test
  void underFrozenLayersTheClassifierAloneIsTrained() {
    try (FineTuner tuner = tuner(Map.of("freeze-layers", "2", "warmup-steps", "0"))) {
      // Given
      Map<String, HostTensor> before = tuner.snapshot().weights();

      // When
      tuner.step(TinyBert.batch(8, 1));

      // Then
      FineTunerState after = tuner.snapshot();
      assertThat(after.firstMoments().keySet()).isEqualTo(CLASSIFIER);
      assertThat(after.secondMoments().keySet()).isEqualTo(CLASSIFIER);
      after
          .weights()
          .forEach(
              (name, tensor) ->
                  assertThat(!Arrays.equals(tensor.data(), before.get(name).data()))
                      .as("%s has moved", name)
                      .isEqualTo(CLASSIFIER.contains(name)));
    }
  }

  @Test
  void theHeadsRateIsTheClassifiers() {
    Map<String, Double> factors = new HashMap<>();
    for (ParameterGroup group :
        ParameterGroup.of(
            BertTensors.all(CONFIG, 2).keySet(),
            new Bert(CONFIG).parameters(2),
            TinyBert.settings(Map.of("learning-rate", "1e-4", "head-learning-rate", "5e-4")))) {
      group.names().forEach(name -> factors.put(name, group.rateFactor()));
    }

    assertThat(factors)
        .allSatisfy(
            (name, factor) -> assertThat(factor).isEqualTo(CLASSIFIER.contains(name) ? 5 : 1))
        .containsKeys("classifier.weight", "classifier.bias")
        .doesNotContainKeys("bert.pooler.dense.weight", "bert.pooler.dense.bias");
  }

  @Test
  void lossFallsAndARunRestoredWithItsAveragesEqualsTheUninterruptedOne() {
    Map<String, String> settings =
        Map.of("learning-rate", "0.003", "warmup-steps", "4", "ema-decay", "0.9");
    try (FineTuner uninterrupted = tuner(settings)) {
      // Given
      double first = loss(uninterrupted, 0);
      run(uninterrupted, 1, 30);
      FineTunerState saved = uninterrupted.snapshot();
      run(uninterrupted, 30, 40);

      // When
      try (FineTuner restored =
          FineTuner.restore(
              new Bert(CONFIG), saved, TinyBert.settings(settings), Device.cpu(), Labels.TASK)) {
        run(restored, 30, 40);

        // Then
        assertThat(loss(restored, 40)).isLessThan(first / 2);
        loss(uninterrupted, 40);
        FineTunerState found = restored.snapshot();
        FineTunerState expected = uninterrupted.snapshot();
        assertSame(found.weights(), expected.weights());
        assertSame(found.averages(), expected.averages());
        assertThat(found.averages().keySet()).isEqualTo(BertTensors.all(CONFIG, 2).keySet());
      }
    }
  }

  private static void run(FineTuner tuner, int from, int to) {
    for (int step = from; step < to; step++) {
      loss(tuner, step);
    }
  }

  private static double loss(FineTuner tuner, int step) {
    return ((StepOutcome.Applied) tuner.step(TinyBert.batch(8, step))).loss();
  }

  private static FineTuner tuner(Map<String, String> settings) {
    return new FineTuner(TinyBert.meanPooled(0.1), TinyBert.settings(settings), Labels.TASK);
  }
}
