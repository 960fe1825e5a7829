package io.millrace.bench;

import io.millrace.model.BaseModels;
import io.millrace.model.PretrainedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How fast a training step is, beside the limit of this libtorch and beside what DJL offers. Run by
 * {@code ./mvnw -Pbench verify}, with {@code -Dmillrace.data=DIR} for Banking77's lengths.
 */
class StepBench {

  private static final String MINI_LM = "MiniLM-L6";
  private static final String BERT_BASE = "BERT-base";

  /**
   * Steps before the first measured one. A service runs for days, so the steady state is what
   * counts; until the JVM has compiled the Java between the operators, some 40 steps, its compiler
   * takes a few percent of the cores from the step.
   */
  private static final int JVM_WARM_UP = 40;

  private static final int WARM_UP = 2;

  /** Pairs by tokens: the shorter the step, the more. Stock is slow and gets fewer. */
  private static final Map<Integer, Integer> PAIRS = Map.of(16, 25, 32, 21, 64, 15, 128, 15);

  private static final int BERT_BASE_PAIRS = 3;
  private static final int SCORING_PAIRS = 5;
  private static final int FROZEN_LAYERS = 3;
  private static final int BANKING77_LABELS = 77;

  private static final Path BANKING77 =
      Path.of(System.getProperty("millrace.data", "none"), "banking77", "train.jsonl.gz");

  private final BenchTable<BenchRow> steps =
      new BenchTable<>(BenchRow.HEADING, Path.of("target/bench/step.json"));
  private final BenchTable<ScoringRow> scoring =
      new BenchTable<>(ScoringRow.HEADING, Path.of("target/bench/scoring.json"));

  @Test
  void aStepBesideTheLimitAndBesideStock() throws IOException {
    double peak = MatmulPeak.measure();
    System.out.printf(Locale.ROOT, "peak of matrix products, fp32: %.1f GFLOP/s%n", peak / 1e9);
    PretrainedModel miniLm = BaseModels.load("embedded:all-minilm-l6-v2");
    miniLm(miniLm, peak);
    frozen(miniLm, peak);
    banking77(miniLm, peak);
    bertBase(peak);
  }

  private void miniLm(PretrainedModel base, double peak) throws IOException {
    try (Contenders contenders = Contenders.full(base, 2)) {
      contenders.requireTheSameWork(Workload.batches(16, -3, 0));
      contenders.warmUp(Workload.random(16, JVM_WARM_UP, 0).warmUp());
      for (int tokens : List.of(16, 32, 64, 128)) {
        race(MINI_LM, contenders, Workload.random(tokens, WARM_UP, PAIRS.get(tokens)), peak);
      }
      race(MINI_LM, contenders, Workload.of("mail", RealTexts.mails(base)), peak);
      for (int tokens : List.of(16, 32, 64, 128)) {
        List<Timings.Pair> pairs =
            Workload.random(tokens, 0, SCORING_PAIRS).pairs().stream()
                .map(contenders::stepBesideScoring)
                .toList();
        scoring.add(ScoringRow.of(MINI_LM, tokens, pairs));
      }
    }
  }

  private void frozen(PretrainedModel base, double peak) throws IOException {
    try (Contenders contenders = Contenders.withoutStock(base, 2, FROZEN_LAYERS)) {
      contenders.requireTheSameWork(Workload.batches(16, -3, 0));
      for (int tokens : List.of(16, 64)) {
        race(MINI_LM, contenders, Workload.random(tokens, WARM_UP, PAIRS.get(tokens)), peak);
      }
    }
  }

  private void banking77(PretrainedModel base, double peak) throws IOException {
    if (!Files.exists(BANKING77)) {
      System.out.println(
          "no row for Banking77: -Dmillrace.data=DIR must name a folder with"
              + " banking77/train.jsonl.gz");
      return;
    }
    Workload work = Workload.of("banking77", RealTexts.banking77(BANKING77, base));
    try (Contenders contenders = Contenders.full(base, BANKING77_LABELS)) {
      contenders.requireTheSameWork(work.warmUp()); // with padding, too
      race(MINI_LM, contenders, work, peak);
    }
  }

  private void bertBase(double peak) throws IOException {
    try (Contenders contenders = Contenders.withoutStock(RandomBert.base(), 2, 0)) {
      for (int tokens : List.of(16, 128)) {
        race(BERT_BASE, contenders, Workload.random(tokens, 1, BERT_BASE_PAIRS), peak);
      }
    }
  }

  private void race(String model, Contenders contenders, Workload work, double peak)
      throws IOException {
    steps.add(BenchRow.of(model, contenders.race(work), contenders.flops(), peak));
  }
}
