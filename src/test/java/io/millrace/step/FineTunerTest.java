package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.djl.Device;
import io.millrace.example.DeadLetter;
import io.millrace.example.Target;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.StepHistory;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.HostTensors;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.file.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FineTunerTest {

  private static final double DROPOUT = 0.1;
  private static final TrainingSettings SETTINGS =
      TinyBert.settings(Map.of("learning-rate", "0.003", "warmup-steps", "4"));

  @Test
  void lossFallsOnASeparableTask() {
    try (FineTuner tuner = tuner()) {
      // Given
      double first = meanLoss(tuner, 0, 5);

      // When
      meanLoss(tuner, 5, 60);

      // Then
      assertThat(first).isGreaterThan(0.6);
      assertThat(meanLoss(tuner, 60, 65)).isLessThan(0.1);
    }
  }

  @Test
  void twoRunsAreEqualBitForBit() {
    // Given
    try (FineTuner one = tuner();
        FineTuner other = tuner()) {
      // When
      run(one, 0, 8);
      run(other, 0, 8);

      // Then
      assertSame(one.snapshot(), other.snapshot());
    }
  }

  @Test
  void aRunRestoredFromASnapshotEqualsTheUninterruptedOne() {
    try (FineTuner uninterrupted = tuner()) {
      // Given
      run(uninterrupted, 0, 4);
      FineTunerState saved = uninterrupted.snapshot();
      run(uninterrupted, 4, 8);

      // When
      try (FineTuner restored =
          FineTuner.restore(
              new Bert(TinyBert.config(DROPOUT)), saved, SETTINGS, Device.cpu(), Labels.TASK)) {
        run(restored, 4, 8);

        // Then
        assertThat(saved.step()).isEqualTo(4);
        assertThat(restored.steps()).isEqualTo(8);
        assertSame(restored.snapshot(), uninterrupted.snapshot());
      }
    }
  }

  @Test
  void anotherSeedDropsOtherUnits() {
    try (FineTuner one = tuner();
        FineTuner other =
            new FineTuner(
                TinyBert.model(DROPOUT), TinyBert.settings(Map.of("seed", "7")), Labels.TASK)) {
      StepOutcome.Applied first = applied(one.step(TinyBert.batch(8, 0)));
      StepOutcome.Applied second = applied(other.step(TinyBert.batch(8, 0)));

      assertThat(first.loss()).isNotEqualTo(second.loss());
    }
  }

  @Test
  void examplesThatAreNotFiniteAloneAreRefusedAndTheOthersTrained() {
    // Given
    Random random = new Random(3);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      double weight = i == 2 ? Double.NaN : i == 7 ? Double.POSITIVE_INFINITY : 1;
      examples.add(TinyBert.example(i, 6, weight, random));
    }
    List<TokenizedExample> finite = new ArrayList<>(examples);
    finite.removeAll(List.of(examples.get(2), examples.get(7)));

    try (FineTuner tuner = tuner();
        FineTuner reference = tuner()) {
      // When
      StepOutcome.Applied outcome = applied(tuner.step(TokenBatch.of(examples)));
      reference.step(TokenBatch.of(finite));

      // Then
      assertThat(outcome.refused())
          .extracting(Refusal::example, Refusal::reason)
          .containsExactly(
              tuple(examples.get(2), DeadLetter.Reason.NON_FINITE),
              tuple(examples.get(7), DeadLetter.Reason.NON_FINITE));
      assertSame(tuner.snapshot(), reference.snapshot());

      // When
      StepOutcome.Applied next = applied(tuner.step(TinyBert.batch(8, 1)));

      // Then
      assertThat(next.step()).isEqualTo(2);
      assertThat(next.loss()).isFinite();
      assertThat(next.gradNorm()).isFinite().isPositive();
    }
  }

  @Test
  void aBatchWithoutAFiniteExampleLeavesTheWeightsAlone() {
    // Given
    TokenBatch batch =
        TokenBatch.of(
            List.of(
                TinyBert.example(0, 5, Double.NaN, new Random(1)),
                TinyBert.example(1, 5, Double.NaN, new Random(2))));
    try (FineTuner tuner = tuner()) {
      FineTunerState before = tuner.snapshot();

      // When
      StepOutcome outcome = tuner.step(batch);

      // Then
      assertThat(outcome)
          .isInstanceOfSatisfying(
              StepOutcome.Rejected.class,
              rejected -> {
                assertThat(rejected.refused())
                    .extracting(Refusal::example)
                    .isEqualTo(batch.examples());
                assertThat(rejected.reason()).contains("step 1").contains("NaN");
              });
      assertThat(tuner.steps()).isZero();
      assertSame(tuner.snapshot(), before);
    }
  }

  @Test
  void brokenWeightsAreNotBlamedOnTheStream() {
    // Given one weight that no probe of a few tokens would meet
    Map<String, HostTensor> weights = TinyBert.weights(DROPOUT);
    weights.get("bert.embeddings.word_embeddings.weight").data()[150 * TinyBert.HIDDEN] = Float.NaN;
    FineTunerState healthy;
    try (FineTuner tuner = tuner()) {
      healthy = tuner.snapshot();
    }
    FineTunerState broken =
        new FineTunerState(
            0,
            weights,
            healthy.firstMoments(),
            healthy.secondMoments(),
            healthy.lazyRows(),
            Map.of(),
            StepHistory.NONE);

    try (FineTuner tuner =
        FineTuner.restore(
            new Bert(TinyBert.config(DROPOUT)), broken, SETTINGS, Device.cpu(), Labels.TASK)) {
      // When / Then
      TokenBatch batch = TokenBatch.of(List.of(TinyBert.example(0, 5, Double.NaN, new Random(1))));
      assertThatThrownBy(() -> tuner.step(batch))
          .isInstanceOf(NonFiniteWeightsException.class)
          .hasMessageContaining("weights are not finite");
    }
  }

  @Test
  void aLabelThatTheModelLacksIsNamedWithItsPosition() {
    TokenizedExample good = TinyBert.example(3, 5, 1, new Random(1));
    TokenizedExample bad =
        new TokenizedExample(
            good.id(),
            good.text(),
            new Target.Label(2),
            good.weight(),
            good.eventTime(),
            good.position());
    try (FineTuner tuner = tuner()) {
      assertThatThrownBy(() -> tuner.step(TokenBatch.of(List.of(good, bad))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("label 2 at examples-0@3 is outside the model's 2 labels");
    }
  }

  @Test
  void aSnapshotWithoutAMomentIsRefusedByName() {
    try (FineTuner tuner = tuner()) {
      FineTunerState state = tuner.snapshot();
      FineTunerState incomplete =
          new FineTunerState(
              1,
              state.weights(),
              state.firstMoments(),
              Map.of(),
              Optional.empty(),
              Map.of(),
              StepHistory.NONE);

      assertThatThrownBy(
              () ->
                  FineTuner.restore(
                      new Bert(TinyBert.config(DROPOUT)),
                      incomplete,
                      SETTINGS,
                      Device.cpu(),
                      Labels.TASK))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "second moment of bert.embeddings.word_embeddings.weight is missing,"
                  + " expected [200, 32]");
    }
  }

  @Test
  void whatIsFrozenStaysAndHoldsNoMoments() {
    // Given
    TrainingSettings settings =
        TinyBert.settings(
            Map.of("learning-rate", "0.003", "warmup-steps", "0", "freeze-layers", "1"));
    try (FineTuner tuner = new FineTuner(TinyBert.model(DROPOUT), settings, Labels.TASK)) {
      FineTunerState before = tuner.snapshot();

      // When
      run(tuner, 0, 3);

      // Then
      FineTunerState after = tuner.snapshot();
      after
          .weights()
          .forEach(
              (name, tensor) -> {
                boolean frozen = name.startsWith("bert.embeddings.") || name.contains(".layer.0.");
                assertThat(Arrays.equals(tensor.data(), before.weights().get(name).data()))
                    .as(name)
                    .isEqualTo(frozen);
                assertThat(after.firstMoments().containsKey(name)).as(name).isEqualTo(!frozen);
                assertThat(after.secondMoments().containsKey(name)).as(name).isEqualTo(!frozen);
              });
      assertThat(after.lazyRows()).isEmpty();
    }
  }

  @Test
  void sgdLearnsTooAndGoesOnFromItsMomentum() {
    // Given
    TrainingSettings settings =
        TinyBert.settings(Map.of("optim", "sgd", "learning-rate", "0.1", "warmup-steps", "0"));
    try (FineTuner uninterrupted = new FineTuner(TinyBert.model(DROPOUT), settings, Labels.TASK)) {
      double first = meanLoss(uninterrupted, 0, 5);
      meanLoss(uninterrupted, 5, 80);
      FineTunerState saved = uninterrupted.snapshot();
      double last = meanLoss(uninterrupted, 80, 85);

      // When
      try (FineTuner restored =
          FineTuner.restore(
              new Bert(TinyBert.config(DROPOUT)), saved, settings, Device.cpu(), Labels.TASK)) {
        run(restored, 80, 85);

        // Then
        assertThat(saved.secondMoments()).isEmpty();
        assertThat(last).isLessThan(first / 2);
        assertSame(restored.snapshot(), uninterrupted.snapshot());
      }
    }
  }

  @Test
  void sgdDoesNotTakeAdamWsMomentsForItsOwn() {
    FineTunerState adamW;
    try (FineTuner tuner = tuner()) {
      run(tuner, 0, 1);
      adamW = tuner.snapshot();
    }

    assertThatThrownBy(
            () ->
                FineTuner.restore(
                    new Bert(TinyBert.config(DROPOUT)),
                    adamW,
                    TinyBert.settings(Map.of("optim", "sgd")),
                    Device.cpu(),
                    Labels.TASK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("written with millrace.training.optim=adamw, now it is sgd");
  }

  private static FineTuner tuner() {
    return new FineTuner(TinyBert.model(DROPOUT), SETTINGS, Labels.TASK);
  }

  private static void run(FineTuner tuner, int from, int to) {
    meanLoss(tuner, from, to);
  }

  private static double meanLoss(FineTuner tuner, int from, int to) {
    double sum = 0;
    for (int step = from; step < to; step++) {
      sum += applied(tuner.step(TinyBert.batch(8, step))).loss();
    }
    return sum / (to - from);
  }

  private static StepOutcome.Applied applied(StepOutcome outcome) {
    assertThat(outcome).isInstanceOf(StepOutcome.Applied.class);
    return (StepOutcome.Applied) outcome;
  }

  private static void assertSame(FineTunerState one, FineTunerState other) {
    assertThat(one.step()).isEqualTo(other.step());
    HostTensors.assertSame(one.weights(), other.weights());
    HostTensors.assertSame(one.firstMoments(), other.firstMoments());
    HostTensors.assertSame(one.secondMoments(), other.secondMoments());
  }
}
