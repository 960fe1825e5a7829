package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.example.RecordPosition;
import io.millrace.model.BaseModels;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.HostTensor;
import io.millrace.torch.UpdateOps.AdamWNumbers;
import io.millrace.training.FineTuner;
import io.millrace.training.StepOutcome;
import io.millrace.training.StepSeed;
import io.millrace.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * How fast a training step is, beside the limit of this libtorch and beside what DJL offers. The
 * three take turns on the same batches in one run, so that what else the machine does falls on all
 * of them; only ratios of neighbours are compared.
 */
class StepBench {

  private static final int BATCH = 32;
  private static final int WARM_UP = 2;

  /**
   * Steps before the first measured one. A service runs for days, so the steady state is what
   * counts; until the JVM has compiled the Java between the operators, some 40 steps, its compiler
   * takes a few percent of the cores from the step.
   */
  private static final int JVM_WARM_UP = 40;

  /** Tokens and pairs: the shorter the step, the more pairs. Stock is slow and gets fewer. */
  private static final Map<Integer, Integer> PAIRS = Map.of(16, 25, 32, 21, 64, 15, 128, 9);

  private static final int STOCK_PAIRS = 3;

  private final TrainingSettings settings = TinyBert.settings(Map.of("warmup-steps", "0"));
  private final List<BenchRow> rows = new ArrayList<>();
  private long steps;

  @Test
  void aStepBesideTheLimitAndBesideStock() throws IOException {
    PretrainedModel base = BaseModels.load("embedded:all-minilm-l6-v2");
    Map<String, HostTensor> weights;
    try (TransformerClassifier fresh = TransformerClassifier.fresh(base, 2, 1, Device.cpu())) {
      weights = fresh.snapshot();
    }
    try (FineTuner millrace =
            new FineTuner(
                TransformerClassifier.of(base.config(), weights, Device.cpu()), settings);
        LimitStep limit =
            new LimitStep(TransformerClassifier.of(base.config(), weights, Device.cpu()));
        StockStep stock = new StockStep(base.config(), BATCH, 2)) {
      requireTheSameWork(millrace, limit);
      for (int i = 0; i < JVM_WARM_UP; i++) {
        millrace(millrace, batch(16, -100 - i));
        limit(limit, batch(16, -100 - i));
      }
      System.out.println(BenchRow.HEADING);
      for (int tokens : new int[] {16, 32, 64, 128}) {
        BenchRow row = measure(millrace, limit, stock, tokens);
        System.out.println(row);
        rows.add(row);
      }
    }
    Path file = Path.of("target/bench/step.json");
    Files.createDirectories(file.getParent());
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), rows);
    System.out.println("written to " + file);
  }

  /** From equal weights and seeds, the two must see equal losses and leave equal weights. */
  private void requireTheSameWork(FineTuner millrace, LimitStep limit) {
    for (int i = 0; i < 3; i++) {
      TokenBatch batch = batch(16, -1 - i);
      double loss = millrace(millrace, batch);
      assertThat(limit(limit, batch)).isCloseTo(loss, within(1e-5));
    }
    Map<String, HostTensor> expected = limit.snapshot();
    try (TransformerClassifier current = millrace.candidate()) {
      current
          .snapshot()
          .forEach(
              (name, tensor) ->
                  assertThat(largestDifference(tensor.data(), expected.get(name).data()))
                      .as(name)
                      .isLessThan(1e-6f));
    }
  }

  private static float largestDifference(float[] one, float[] other) {
    float largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }

  private BenchRow measure(FineTuner millrace, LimitStep limit, StockStep stock, int tokens) {
    int pairs = PAIRS.get(tokens);
    double[] ours = new double[pairs];
    double[] limits = new double[pairs];
    double[] byLimit = new double[pairs];
    double[] stocks = new double[STOCK_PAIRS];
    double[] byStock = new double[STOCK_PAIRS];
    for (int pair = -WARM_UP; pair < pairs; pair++) {
      TokenBatch batch = batch(tokens, pair);
      boolean first = pair % 2 == 0; // the order alternates too
      double before = first ? 0 : seconds(() -> limit(limit, batch));
      double our = seconds(() -> millrace(millrace, batch));
      double their = first ? seconds(() -> limit(limit, batch)) : before;
      if (pair < 0) {
        continue;
      }
      ours[pair] = our;
      limits[pair] = their;
      byLimit[pair] = their / our;
    }
    for (int pair = -1; pair < STOCK_PAIRS; pair++) {
      TokenBatch batch = batch(tokens, pair);
      double our = seconds(() -> millrace(millrace, batch));
      double their = seconds(() -> stock.step(batch));
      steps++; // of the limit's numbering, which the fine-tuner is ahead of now
      if (pair >= 0) {
        stocks[pair] = their;
        byStock[pair] = their / our;
      }
    }
    Ratios ratios = Ratios.of(byLimit);
    return new BenchRow(
        "MiniLM-L6",
        BATCH,
        tokens,
        "fp32",
        Ratios.median(ours),
        Ratios.median(limits),
        Ratios.median(stocks),
        ratios.median(),
        ratios.low(),
        ratios.high(),
        pairs,
        Ratios.median(byStock),
        STOCK_PAIRS);
  }

  private static double millrace(FineTuner tuner, TokenBatch batch) {
    StepOutcome outcome = tuner.step(batch);
    assertThat(outcome).isInstanceOf(StepOutcome.Applied.class);
    return ((StepOutcome.Applied) outcome).loss();
  }

  private double limit(LimitStep limit, TokenBatch batch) {
    steps++;
    AdamWNumbers numbers =
        new AdamWNumbers(
            steps,
            settings.learningRate(),
            settings.beta1(),
            settings.beta2(),
            settings.epsilon(),
            settings.weightDecay());
    return limit.step(batch, numbers, settings.maxGradNorm(), StepSeed.of(settings.seed(), steps));
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /** Random tokens of one length: no padding, so that all work is counted as tokens. */
  private static TokenBatch batch(int tokens, int seed) {
    Random random = new Random(1000L * tokens + seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[] ids = random.ints(tokens, 1000, 30_000).toArray();
      examples.add(
          new TokenizedExample(
              "random" + i,
              new TokenizedText(ids, new int[tokens]),
              i % 2,
              1,
              Instant.EPOCH,
              new RecordPosition("bench", 0, i)));
    }
    return TokenBatch.of(examples);
  }
}
