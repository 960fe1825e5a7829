package io.millrace.optim;

import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.step.FineTuner;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.file.HostTensor;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AveragedWeightsTest {

  private static final double DECAY = 0.4;
  private static final Map<String, String> AVERAGED =
      Map.of("learning-rate", "0.003", "warmup-steps", "0", "ema-decay", Double.toString(DECAY));
  private static final Map<String, String> PLAIN =
      Map.of("learning-rate", "0.003", "warmup-steps", "0");

  @Test
  void theAverageFollowsTheWeightsByTheFormula() {
    try (FineTuner tuner = tuner(AVERAGED)) {
      // Given the formula in double precision, from the weights before the first step
      Map<String, double[]> expected = new HashMap<>();
      tuner.snapshot().weights().forEach((name, start) -> expected.put(name, doubles(start)));

      for (int step = 1; step <= 12; step++) {
        // When
        tuner.step(TinyBert.batch(8, step));

        // Then its decay is 2/11, 3/12, 4/13, 5/14, 6/15 and 0.4 from there on
        double decay = Math.min(DECAY, (1.0 + step) / (10 + step));
        Map<String, HostTensor> weights = tuner.model().snapshot();
        Map<String, HostTensor> averages = tuner.candidate().snapshot();
        expected.forEach(
            (name, average) -> {
              float[] rounded = new float[average.length];
              for (int i = 0; i < average.length; i++) {
                average[i] = decay * average[i] + (1 - decay) * weights.get(name).data()[i];
                rounded[i] = (float) average[i];
              }
              assertThat(averages.get(name).data())
                  .as(name)
                  .usingComparatorWithPrecision(1e-6f)
                  .containsExactly(rounded);
            });
      }
    }
  }

  @Test
  void averagingLeavesTrainingAloneAndRecordsNothingForGradients() {
    // Given word embeddings that are frozen: without averages their rows would catch up later
    Map<String, String> frozen = Map.of("freeze-embeddings", "true");
    try (FineTuner averaged = tuner(with(AVERAGED, frozen));
        FineTuner plain = tuner(with(PLAIN, frozen))) {
      // When
      for (int step = 0; step < 4; step++) {
        averaged.step(TinyBert.batch(8, step));
        plain.step(TinyBert.batch(8, step));
      }

      // Then
      assertSame(averaged.model().snapshot(), plain.model().snapshot());
      assertThat(averaged.candidate().parameters().trainable().values())
          .noneMatch(NDArray::hasGradient);
    }
  }

  @Test
  void aRestoredRunGoesOnWithItsAverages() {
    try (FineTuner uninterrupted = tuner(AVERAGED)) {
      // Given
      uninterrupted.step(TinyBert.batch(8, 1));
      uninterrupted.step(TinyBert.batch(8, 2));
      FineTunerState saved = uninterrupted.snapshot();
      uninterrupted.step(TinyBert.batch(8, 3));

      // When
      try (FineTuner restored = restore(saved, AVERAGED)) {
        restored.step(TinyBert.batch(8, 3));

        // Then
        assertSame(restored.candidate().snapshot(), uninterrupted.candidate().snapshot());
        assertSame(restored.model().snapshot(), uninterrupted.model().snapshot());
      }
    }
  }

  @Test
  void averagesThatAreAskedForLaterBeginAtTheWeightsOfThatStep() {
    try (FineTuner plain = tuner(PLAIN)) {
      plain.step(TinyBert.batch(8, 1));

      try (FineTuner averaged = restore(plain.snapshot(), AVERAGED)) {
        assertSame(averaged.candidate().snapshot(), plain.candidate().snapshot());
        averaged.step(TinyBert.batch(8, 2));
        assertThat(averaged.candidate().snapshot().get("classifier.weight").data())
            .isNotEqualTo(averaged.model().snapshot().get("classifier.weight").data());
      }
    }
  }

  @Test
  void withoutAveragesTheWeightsThemselvesAreTheCandidate() {
    try (FineTuner plain = tuner(PLAIN);
        TransformerClassifier candidate = plain.candidate()) {
      TokenBatch batch = TinyBert.batch(8, 1);
      assertThat(candidate.logits(batch.tokens())).isDeepEqualTo(plain.logits(batch.tokens()));
      assertThat(plain.snapshot().averages()).isEmpty();
    }
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> others) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(others);
    return all;
  }

  private static FineTuner tuner(Map<String, String> settings) {
    return new FineTuner(TinyBert.model(0.1), TinyBert.settings(settings), Labels.TASK);
  }

  private static FineTuner restore(FineTunerState state, Map<String, String> settings) {
    return FineTuner.restore(
        new Bert(TinyBert.config(0.1)),
        state,
        TinyBert.settings(settings),
        Device.cpu(),
        Labels.TASK);
  }

  private static double[] doubles(HostTensor tensor) {
    double[] values = new double[tensor.data().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.data()[i];
    }
    return values;
  }
}
