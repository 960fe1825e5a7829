package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.millrace.example.Target;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.LazyRowsState;
import io.millrace.optim.StepHistory;
import io.millrace.optim.TrainedStep;
import io.millrace.optim.TrainingSettings;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.HostTensors;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.file.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CandidateModelTest {

  private static final double RATE = 0.003;
  private static final double[] CLASS_WEIGHTS = {1, 3};

  /** Of 1 - sqrt(k / 4) for k = 1, 2, 3: the decay of three steps. */
  private static final double[] FALLING = {0.5, 0.2928932188134524, 0.1339745962155614};

  private static final List<List<TokenBatch>> BATCHES =
      IntStream.range(0, 6)
          .mapToObj(step -> List.of(TinyBert.batch(5, step), TinyBert.batch(3, 100 + step)))
          .toList();

  @Test
  void aBranchTakesTheLastStepsAgainWhileItsRateFalls() {
    for (Map<String, String> others :
        List.of(
            Map.<String, String>of(), // lazy word rows
            Map.of("freeze-embeddings", "true"),
            Map.of("optim", "sgd", "momentum", "0.8"),
            Map.of("ema-decay", "0.6"))) {
      // Given five steps of two batches each, of which a decay of three repeats the last three
      try (FineTuner run = tuner(decaying(3, others))) {
        run(run, 0, 5);

        // When
        Map<String, HostTensor> expected = decayedByHand(run, others, 2);
        try (CandidateModel candidate = CandidateModel.of(run)) {
          // Then
          assertThat(candidate.decaySteps()).isEqualTo(3);
          HostTensors.assertSame(candidate.model().snapshot(), expected);
        }
      }
    }
  }

  /** The same by three runs of one step each, at constant rates worked out by hand. */
  private static Map<String, HostTensor> decayedByHand(
      FineTuner run, Map<String, String> others, int firstBatch) {
    FineTunerState state = run.snapshot();
    Map<String, HostTensor> candidate = Map.of();
    for (int k = 0; k < FALLING.length; k++) {
      Map<String, String> constant = new HashMap<>(others);
      constant.put("learning-rate", Double.toString(RATE * FALLING[k]));
      constant.put("warmup-steps", "0");
      try (FineTuner step = restored(state, TinyBert.settings(constant))) {
        step.step(batches(firstBatch + k), CLASS_WEIGHTS);
        state = step.snapshot();
        try (TransformerClassifier model = step.candidate()) {
          candidate = model.snapshot();
        }
      }
    }
    return candidate;
  }

  @Test
  void theRunGoesOnAsIfThereHadBeenNoBranches() {
    for (Map<String, String> others :
        List.of(Map.<String, String>of(), Map.of("ema-decay", "0.6"))) {
      TrainingSettings settings = decaying(3, others);
      try (FineTuner examined = tuner(settings);
          FineTuner undisturbed = tuner(settings)) {
        for (int step = 0; step < 6; step++) {
          // When
          run(examined, step, step + 1);
          run(undisturbed, step, step + 1);
          CandidateModel.of(examined).close();

          // Then
          assertSame(examined.snapshot(), undisturbed.snapshot());
        }
      }
    }
  }

  @Test
  void aRunWithFewerStepsDecaysOverThoseItHas() {
    try (FineTuner run = tuner(decaying(20, Map.of()))) {
      try (CandidateModel first = CandidateModel.of(run)) {
        assertThat(first.decaySteps()).isZero();
        HostTensors.assertSame(first.model().snapshot(), run.snapshot().weights());
      }
      run(run, 0, 3);
      Map<String, HostTensor> expected = decayedByHand(run, Map.of(), 0);

      try (CandidateModel candidate = CandidateModel.of(run)) {
        assertThat(candidate.decaySteps()).isEqualTo(3);
        HostTensors.assertSame(candidate.model().snapshot(), expected);
      }
    }
  }

  @Test
  void noMoreStepsAreKeptThanADecayTakesAndNoneWithoutOne() {
    try (FineTuner run = tuner(decaying(2, Map.of()));
        FineTuner constant = tuner(settings(Map.of("warmup-steps", "0")))) {
      // When
      run(run, 0, 4);
      run(constant, 0, 4);

      // Then
      List<TrainedStep> kept = run.snapshot().history().lastSteps();
      assertThat(kept)
          .containsExactly(
              TrainedStep.of(batches(2), CLASS_WEIGHTS), TrainedStep.of(batches(3), CLASS_WEIGHTS));
      assertThat(constant.snapshot().history().lastSteps()).isEmpty();
      try (FineTuner shorter = restored(run.snapshot(), decaying(1, Map.of()))) {
        assertThat(shorter.snapshot().history().lastSteps()).isEqualTo(kept.subList(1, 2));
      }
    }
  }

  @Test
  void refusedExamplesAreNotKept() {
    // Given
    TokenizedExample bad = TinyBert.example(9, 6, Double.NaN, new Random(1));
    List<TokenizedExample> examples = new ArrayList<>(TinyBert.batch(4, 1).examples());
    examples.add(2, bad);

    try (FineTuner run = tuner(decaying(2, Map.of()))) {
      // When
      run.step(List.of(TokenBatch.of(examples)), CLASS_WEIGHTS);
      run.step(List.of(TokenBatch.of(List.of(bad))), CLASS_WEIGHTS);

      // Then
      examples.remove(bad);
      assertThat(run.snapshot().history().lastSteps())
          .containsExactly(new TrainedStep(List.of(examples), List.of(1.0, 3.0)));
    }
  }

  @Test
  void aBranchThatIsRefusedAStepGivesWayToTheRunsOwnWeights() {
    TrainingSettings settings = decaying(2, Map.of());
    try (FineTuner run = tuner(settings);
        CapturedLog log = CapturedLog.of(CandidateModel.class)) {
      // Given a last step that a branch cannot take
      run(run, 0, 3);
      FineTunerState state = run.snapshot();
      TokenizedExample bad = TinyBert.example(9, 6, Double.NaN, new Random(1));
      List<TrainedStep> steps = new ArrayList<>(state.history().lastSteps());
      steps.set(1, new TrainedStep(List.of(List.of(bad)), List.of(1.0, 3.0)));
      try (FineTuner restored = restored(withLastSteps(state, steps), settings);
          CandidateModel candidate = CandidateModel.of(restored)) {
        // Then
        assertThat(candidate.decaySteps()).isZero();
        try (TransformerClassifier own = run.candidate()) {
          HostTensors.assertSame(candidate.model().snapshot(), own.snapshot());
        }
        assertThat(log.lines())
            .singleElement()
            .asString()
            .startsWith(
                "WARN the decay branch of step 3 is abandoned, the run's own weights are evaluated"
                    + " instead: step 5: loss NaN");

        // When / Then
        run(restored, 3, 4);
        run(run, 3, 4);
        HostTensors.assertSame(restored.snapshot().weights(), run.snapshot().weights());
      }
    }
  }

  @Test
  void branchesLeaveNoArrayBehind() {
    try (FineTuner run = tuner(decaying(2, Map.of("ema-decay", "0.6")))) {
      run(run, 0, 3);
      CandidateModel.of(run).close();
      long before = managedArrays(run);

      CandidateModel.of(run).close();

      assertThat(managedArrays(run)).isEqualTo(before);
    }
  }

  @Test
  @Tag("slow")
  void onNoisyLabelsTheDecayedCopyIsBetterThanTheRunOnHeldOutExamples() {
    double own = 0;
    double decayed = 0;
    for (int seed : new int[] {12, 13}) {
      // Given a fifth of the labels wrong, and a rate at which the weights wander about
      Random random = new Random(seed);
      TokenBatch heldOut = TinyBert.batch(500, 4);
      try (FineTuner run = tuner(decaying(20, Map.of("learning-rate", "0.006")))) {
        for (int step = 1; step <= 300; step++) {
          run.step(noisy(16, random));
          if (step > 100 && step % 20 == 0) {
            // When
            try (TransformerClassifier weights = run.candidate();
                CandidateModel candidate = CandidateModel.of(run)) {
              own += excessLoss(weights, heldOut);
              decayed += excessLoss(candidate.model(), heldOut);
            }
          }
        }
      }
    }

    // Then
    assertThat(decayed).isLessThan(0.75 * own);
  }

  /** A batch of separable texts of whose labels a fifth is turned over. */
  private static TokenBatch noisy(int size, Random random) {
    List<TokenizedExample> examples = new ArrayList<>();
    for (TokenizedExample example : TinyBert.batch(size, random.nextLong()).examples()) {
      int label = random.nextInt(5) == 0 ? 1 - example.target().group() : example.target().group();
      examples.add(
          new TokenizedExample(
              example.id(),
              example.text(),
              new Target.Label(label),
              1,
              example.eventTime(),
              example.position()));
    }
    return TokenBatch.of(examples);
  }

  /** The loss expected over such labels above their entropy, which no model gets below. */
  private static double excessLoss(TransformerClassifier model, TokenBatch batch) {
    float[][] logits = model.logits(batch.tokens());
    double sum = 0;
    for (int row = 0; row < logits.length; row++) {
      int label = batch.examples().get(row).target().group();
      double margin = logits[row][label] - logits[row][1 - label];
      sum += 0.8 * Math.log1p(Math.exp(-margin)) + 0.2 * Math.log1p(Math.exp(margin));
    }
    return sum / logits.length + 0.8 * Math.log(0.8) + 0.2 * Math.log(0.2);
  }

  private static TrainingSettings decaying(int steps, Map<String, String> others) {
    Map<String, String> values = new HashMap<>();
    values.put("lr-scheduler-type", "warmup-stable-decay");
    values.put("warmup-steps", "0");
    values.put("decay-steps", Integer.toString(steps));
    values.putAll(others);
    return settings(values);
  }

  private static TrainingSettings settings(Map<String, String> others) {
    Map<String, String> values = new HashMap<>(others);
    values.putIfAbsent("learning-rate", Double.toString(RATE));
    return TinyBert.settings(values);
  }

  private static FineTuner tuner(TrainingSettings settings) {
    return new FineTuner(TinyBert.model(0.1), settings, Labels.TASK);
  }

  private static FineTuner restored(FineTunerState state, TrainingSettings settings) {
    return FineTuner.restore(
        new Bert(TinyBert.config(0.1)), state, settings, Device.cpu(), Labels.TASK);
  }

  private static void run(FineTuner tuner, int from, int to) {
    for (int step = from; step < to; step++) {
      assertThat(tuner.step(batches(step), CLASS_WEIGHTS)).isInstanceOf(StepOutcome.Applied.class);
    }
  }

  private static List<TokenBatch> batches(int step) {
    return BATCHES.get(step);
  }

  private static FineTunerState withLastSteps(FineTunerState state, List<TrainedStep> steps) {
    StepHistory history = state.history();
    return new FineTunerState(
        state.step(),
        state.weights(),
        state.firstMoments(),
        state.secondMoments(),
        state.lazyRows(),
        state.averages(),
        new StepHistory(
            history.scheduleOrigin(), history.scheduleFloor(), history.gradNorms(), steps));
  }

  private static long managedArrays(FineTuner tuner) {
    try (NDManager scope = tuner.model().newScope()) {
      NDManager root = scope;
      while (root.getParentManager() != null) {
        root = root.getParentManager();
      }
      return root.getManagedArrays().size();
    }
  }

  private static void assertSame(FineTunerState one, FineTunerState other) {
    assertThat(one.step()).isEqualTo(other.step());
    assertThat(one.history()).isEqualTo(other.history());
    HostTensors.assertSame(one.weights(), other.weights());
    HostTensors.assertSame(one.firstMoments(), other.firstMoments());
    HostTensors.assertSame(one.secondMoments(), other.secondMoments());
    HostTensors.assertSame(one.averages(), other.averages());
    assertThat(one.lazyRows().isPresent()).isEqualTo(other.lazyRows().isPresent());
    one.lazyRows()
        .ifPresent(
            rows -> {
              LazyRowsState others = other.lazyRows().orElseThrow();
              assertThat(rows.base()).isEqualTo(others.base());
              assertThat(rows.rates()).isEqualTo(others.rates());
              assertThat(rows.current()).isEqualTo(others.current());
            });
  }
}
