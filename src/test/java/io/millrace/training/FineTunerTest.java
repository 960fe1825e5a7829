package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FineTunerTest {

  private static final Map<String, String> QUICK =
      Map.of("millrace.training.learning-rate", "5e-3", "millrace.training.warmup-steps", "5");

  @Test
  void lossFallsOnALearnableTask() {
    try (FineTuner tuner = tuner(0.1)) {
      double first = applied(tuner.step(TinyBert.batch(32, 0))).loss();
      double last = 0;
      for (int i = 1; i < 150; i++) {
        last = applied(tuner.step(TinyBert.batch(32, i))).loss();
      }
      assertThat(last).isLessThan(first / 2);
    }
  }

  @Test
  void theSameSeedGivesTheSameWeightsBitForBit() {
    try (FineTuner one = tuner(0.1);
        FineTuner other = tuner(0.1)) {
      for (int i = 0; i < 5; i++) {
        one.step(TinyBert.batch(8, i));
        other.step(TinyBert.batch(8, i));
      }
      assertSame(one.snapshot().weights(), other.snapshot().weights());
    }
  }

  @Test
  void aRestoredTunerGoesOnAsIfItHadNeverStopped() {
    try (FineTuner uninterrupted = tuner(0.1)) {
      for (int i = 0; i < 3; i++) {
        uninterrupted.step(TinyBert.batch(8, i));
      }
      FineTunerState saved = uninterrupted.snapshot();
      for (int i = 3; i < 6; i++) {
        uninterrupted.step(TinyBert.batch(8, i));
      }
      try (FineTuner restored =
          FineTuner.restore(TinyBert.config(0.1), saved, TinyBert.settings(QUICK), Device.cpu())) {
        for (int i = 3; i < 6; i++) {
          restored.step(TinyBert.batch(8, i));
        }
        assertThat(restored.steps()).isEqualTo(6);
        assertSame(restored.snapshot().weights(), uninterrupted.snapshot().weights());
        assertSame(restored.snapshot().secondMoments(), uninterrupted.snapshot().secondMoments());
      }
    }
  }

  @Test
  void anExampleThatIsNotFiniteIsFoundAndTheRestIsTrained() {
    // Given one example whose weight makes the loss of its batch NaN
    TokenBatch healthy = TinyBert.batch(8, 1);
    List<TokenizedExample> examples = new ArrayList<>(healthy.examples());
    TokenizedExample bad = weighted(examples.get(5), Double.NaN);
    examples.set(5, bad);
    try (FineTuner tuner = tuner(0);
        FineTuner reference = tuner(0)) {
      // When
      StepOutcome.Applied outcome = applied(tuner.step(TokenBatch.of(examples)));

      // Then it alone is refused, and the step is that of the batch without it
      assertThat(outcome.refused()).containsExactly(bad);
      examples.remove(5);
      reference.step(TokenBatch.of(examples));
      assertSame(tuner.snapshot().weights(), reference.snapshot().weights());

      // And the next step is as if nothing had happened
      assertThat(applied(tuner.step(healthy)).loss()).isFinite();
      reference.step(healthy);
      assertSame(tuner.snapshot().weights(), reference.snapshot().weights());
    }
  }

  @Test
  void aBatchOfNothingButCulpritsMovesNothing() {
    TokenizedExample bad =
        weighted(TinyBert.batch(1, 1).examples().get(0), Double.POSITIVE_INFINITY);
    try (FineTuner tuner = tuner(0)) {
      FineTunerState before = tuner.snapshot();

      StepOutcome outcome = tuner.step(TokenBatch.of(List.of(bad)));

      assertThat(outcome)
          .isInstanceOfSatisfying(
              StepOutcome.Rejected.class,
              rejected -> assertThat(rejected.culprits()).containsExactly(bad));
      assertThat(tuner.steps()).isZero();
      assertSame(tuner.snapshot().weights(), before.weights());
      assertSame(tuner.snapshot().firstMoments(), before.firstMoments());
    }
  }

  @Test
  void brokenWeightsAreNotBlamedOnExamples() {
    try (FineTuner tuner = tuner(0)) {
      FineTunerState state = tuner.snapshot();
      state.weights().get("classifier.bias").data()[0] = Float.NaN;
      try (FineTuner broken =
          FineTuner.restore(TinyBert.config(0), state, TinyBert.settings(QUICK), Device.cpu())) {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> broken.step(TinyBert.batch(4, 1)))
            .isInstanceOf(NonFiniteWeightsException.class)
            .hasMessage("the weights give non-finite logits on a fixed probe text behind step 0");
      }
    }
  }

  private static FineTuner tuner(double dropout) {
    return new FineTuner(TinyBert.classifier(dropout, 2), TinyBert.settings(QUICK));
  }

  private static StepOutcome.Applied applied(StepOutcome outcome) {
    return (StepOutcome.Applied) outcome;
  }

  private static TokenizedExample weighted(TokenizedExample example, double weight) {
    return new TokenizedExample(
        example.id(),
        example.text(),
        example.label(),
        weight,
        example.eventTime(),
        example.position());
  }

  private static void assertSame(Map<String, HostTensor> one, Map<String, HostTensor> other) {
    assertThat(one.keySet()).isEqualTo(other.keySet());
    one.forEach(
        (name, tensor) ->
            assertThat(tensor.data()).as(name).containsExactly(other.get(name).data()));
  }
}
