package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.file.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A step in several passes beside the same step in one, from the same weights, without dropout. */
class MicroBatchTest {

  private static final double[] CLASS_WEIGHTS = {1, 3};

  /** Small steps, so that what AdamW makes of rounding stays below the tolerance. */
  private static final TrainingSettings SETTINGS =
      TinyBert.settings(Map.of("learning-rate", "1e-3", "warmup-steps", "0", "epsilon", "1e-4"));

  @Test
  void anAccumulatedStepEqualsTheStepOfOneBigBatch() {
    // Given micro-batches of different sizes, weights and labels
    List<TokenizedExample> examples = examples(14);
    List<TokenBatch> split =
        List.of(
            TokenBatch.of(examples.subList(0, 8)),
            TokenBatch.of(examples.subList(8, 11)),
            TokenBatch.of(examples.subList(11, 14)));
    for (String loss : List.of("0", "0.1")) {
      TrainingSettings settings =
          TinyBert.settings(
              Map.of(
                  "learning-rate", "1e-3",
                  "warmup-steps", "0",
                  "epsilon", "1e-4",
                  "label-smoothing-factor", loss));
      try (FineTuner big = new FineTuner(TinyBert.model(0), settings, Labels.TASK);
          FineTuner accumulating = new FineTuner(TinyBert.model(0), settings, Labels.TASK)) {
        // When
        for (int step = 0; step < 3; step++) {
          StepOutcome.Applied expected =
              applied(big.step(List.of(TokenBatch.of(examples)), CLASS_WEIGHTS));
          StepOutcome.Applied outcome = applied(accumulating.step(split, CLASS_WEIGHTS));

          // Then
          assertThat(outcome.loss()).isCloseTo(expected.loss(), within(1e-5));
          assertThat(outcome.gradNorm()).isCloseTo(expected.gradNorm(), within(1e-5));
          assertThat(outcome.microBatches()).containsExactly(8, 3, 3);
          assertThat(outcome.outOfMemory()).isZero();
        }
        assertClose(accumulating, big);
      }
    }
  }

  @Test
  void aBatchThatDoesNotFitRunsAgainInHalvesToTheSameResult() {
    // Given memory for three examples at a time
    TokenBatch batch = TokenBatch.of(examples(16));
    Injected memory = new Injected(tried -> tried.size() > 3);
    try (CapturedLog log = CapturedLog.of(StepGradients.class);
        FineTuner reference = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK);
        FineTuner tuner = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK, memory)) {
      // When
      for (int step = 0; step < 2; step++) {
        StepOutcome.Applied expected = applied(reference.step(List.of(batch), CLASS_WEIGHTS));
        StepOutcome.Applied outcome = applied(tuner.step(List.of(batch), CLASS_WEIGHTS));

        // Then
        assertThat(outcome.loss()).isCloseTo(expected.loss(), within(1e-5));
        assertThat(outcome.gradNorm()).isCloseTo(expected.gradNorm(), within(1e-5));
        assertThat(outcome.microBatches().stream().mapToInt(n -> n).sum()).isEqualTo(16);
        assertThat(outcome.microBatches()).allMatch(size -> size <= 3);
        assertThat(outcome.outOfMemory()).isPositive();
        assertThat(outcome.refused()).isEmpty();
      }
      assertClose(tuner, reference);

      // Then each size was warned of once
      assertThat(log.lines())
          .hasSize(3)
          .allSatisfy(line -> assertThat(line).startsWith("WARN").contains("do not fit"));
      assertThat(log.lines().get(0)).contains("micro-batches of 8");
    }
  }

  @Test
  void gradientsAddedBeforeAFailureAreDiscarded() {
    // Given a step of two batches of which the second fails once
    List<TokenizedExample> examples = examples(8);
    List<TokenBatch> batches =
        List.of(TokenBatch.of(examples.subList(0, 4)), TokenBatch.of(examples.subList(4, 8)));
    int[] passes = {0};
    Injected memory = new Injected(tried -> ++passes[0] == 2);
    try (CapturedLog log = CapturedLog.of(StepGradients.class);
        FineTuner reference = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK);
        FineTuner tuner = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK, memory)) {
      // When
      StepOutcome.Applied expected =
          applied(reference.step(List.of(TokenBatch.of(examples)), CLASS_WEIGHTS));
      StepOutcome.Applied outcome = applied(tuner.step(batches, CLASS_WEIGHTS));

      // Then
      assertThat(outcome.loss()).isCloseTo(expected.loss(), within(1e-5));
      assertThat(outcome.gradNorm()).isCloseTo(expected.gradNorm(), within(1e-5));
      assertThat(outcome.outOfMemory()).isOne();
      assertThat(outcome.microBatches()).endsWith(2, 2);
      assertThat(log.lines()).hasSize(1);
      assertClose(tuner, reference);
    }
  }

  @Test
  void anExampleThatDoesNotFitAloneIsRefusedAndTheOthersTrained() {
    // Given
    List<TokenizedExample> examples = new ArrayList<>(examples(5));
    TokenizedExample large = TinyBert.example(77, 30, 1, new Random(4));
    examples.add(2, large);
    List<TokenizedExample> others = new ArrayList<>(examples);
    others.remove(large);
    Injected memory = new Injected(tried -> tried.tokens().length() >= 30);
    try (CapturedLog log = CapturedLog.of(StepGradients.class);
        FineTuner reference = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK);
        FineTuner tuner = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK, memory)) {
      // When
      reference.step(List.of(TokenBatch.of(others)), CLASS_WEIGHTS);
      StepOutcome.Applied outcome =
          applied(tuner.step(List.of(TokenBatch.of(examples)), CLASS_WEIGHTS));

      // Then
      assertThat(outcome.refused())
          .extracting(Refusal::example, Refusal::reason, Refusal::detail)
          .containsExactly(
              tuple(large, Reason.OUT_OF_MEMORY, "its 30 tokens do not fit into memory alone"));
      assertThat(log.lines())
          .anySatisfy(
              line ->
                  assertThat(line).startsWith("ERROR the example at examples-0@77 with 30 tokens"));
      assertClose(tuner, reference);
    }
  }

  @Test
  void whereNothingFitsTheWeightsStayAndAllIsRefused() {
    TokenBatch batch = TokenBatch.of(examples(2));
    try (CapturedLog log = CapturedLog.of(StepGradients.class);
        FineTuner tuner =
            new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK, new Injected(tried -> true))) {
      FineTunerState before = tuner.snapshot();

      StepOutcome outcome = tuner.step(List.of(batch), CLASS_WEIGHTS);

      assertThat(outcome)
          .isInstanceOfSatisfying(
              StepOutcome.Rejected.class,
              rejected -> {
                assertThat(rejected.reason()).isEqualTo("no example of the step fits into memory");
                assertThat(rejected.outOfMemory()).isEqualTo(3);
              });
      assertThat(outcome.refused()).extracting(Refusal::example).isEqualTo(batch.examples());
      assertThat(tuner.steps()).isZero();
      before
          .weights()
          .forEach(
              (name, tensor) ->
                  assertThat(tuner.snapshot().weights().get(name).data())
                      .as(name)
                      .isEqualTo(tensor.data()));
      assertThat(log.lines()).hasSize(3);
    }
  }

  @Test
  void examplesThatAreNotFiniteAreFoundInASplitStepToo() {
    // Given
    List<TokenizedExample> examples = new ArrayList<>(examples(8));
    TokenizedExample bad = TinyBert.example(50, 5, Double.NaN, new Random(6));
    examples.set(5, bad);
    List<TokenizedExample> others = new ArrayList<>(examples);
    others.remove(bad);
    try (CapturedLog log = CapturedLog.of(StepGradients.class);
        FineTuner reference = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK);
        FineTuner tuner =
            new FineTuner(
                TinyBert.model(0),
                SETTINGS,
                Labels.TASK,
                new Injected(tried -> tried.size() > 4))) {
      // When
      reference.step(List.of(TokenBatch.of(others)), CLASS_WEIGHTS);
      StepOutcome.Applied outcome =
          applied(tuner.step(List.of(TokenBatch.of(examples)), CLASS_WEIGHTS));

      // Then
      assertThat(outcome.refused())
          .extracting(Refusal::example, Refusal::reason)
          .containsExactly(tuple(bad, Reason.NON_FINITE));
      assertThat(outcome.microBatches()).containsExactly(4, 3);
      assertThat(outcome.outOfMemory()).isOne();
      assertThat(log.lines()).hasSize(1);
      assertClose(tuner, reference);
    }
  }

  @Test
  void classWeightsMustBeOnePerLabel() {
    try (FineTuner tuner = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK)) {
      assertThatThrownBy(
              () -> tuner.step(List.of(TokenBatch.of(examples(2))), new double[] {1, 1, 1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 class weights for 2 labels");
    }
  }

  @Test
  void anotherFailureOfTheEngineIsNotTakenForMemory() {
    EngineException broken = new EngineException("shape mismatch");
    UnaryOperator<BatchGradients> around =
        passes ->
            (scope, batch, weights, taken) -> {
              throw broken;
            };
    try (FineTuner tuner = new FineTuner(TinyBert.model(0), SETTINGS, Labels.TASK, around)) {
      assertThatThrownBy(() -> tuner.step(TokenBatch.of(examples(4)))).isSameAs(broken);
    }
  }

  @Test
  void theEnginesOwnWordsForTooLittleMemoryAreUnderstood() {
    // Given a petabyte, which no machine gives
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThatThrownBy(() -> manager.zeros(new Shape(1L << 48)))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure ->
                  assertThat(BatchTooLargeException.isOutOfMemory(failure))
                      .as(failure.getMessage())
                      .isTrue());
    }
    assertThat(
            BatchTooLargeException.isOutOfMemory(
                new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB")))
        .isTrue();
  }

  /** Examples of both labels with weights of their own and different lengths. */
  private static List<TokenizedExample> examples(int count) {
    Random random = new Random(count);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(TinyBert.example(i, 4 + random.nextInt(8), 0.5 + random.nextInt(4), random));
    }
    return examples;
  }

  private static StepOutcome.Applied applied(StepOutcome outcome) {
    assertThat(outcome).isInstanceOf(StepOutcome.Applied.class);
    return (StepOutcome.Applied) outcome;
  }

  private static void assertClose(FineTuner one, FineTuner other) {
    Map<String, HostTensor> expected = other.snapshot().weights();
    one.snapshot()
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.data())
                    .as(name)
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(expected.get(name).data()));
  }

  /** Lets a pass run and then fails it, as an allocation late in the backward pass would. */
  private record Injected(Predicate<TokenBatch> fails) implements UnaryOperator<BatchGradients> {
    @Override
    public BatchGradients apply(BatchGradients passes) {
      return (scope, batch, weights, taken) -> {
        Objective.Gradients gradients = passes.of(scope, batch, weights, taken);
        if (fails.test(batch)) {
          throw new EngineException("[enforce fail] DefaultCPUAllocator: can't allocate memory");
        }
        return gradients;
      };
    }
  }
}
