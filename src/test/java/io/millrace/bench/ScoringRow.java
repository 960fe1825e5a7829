package io.millrace.bench;

import java.util.List;
import java.util.Locale;

/**
 * What the prequential forward costs: each batch is scored before it is trained on.
 *
 * @param model the network
 * @param batch examples, {@code B}
 * @param tokens tokens an example, {@code T}
 * @param scoring {@code FineTuner.logits}, median seconds
 * @param step {@code FineTuner.step} of the same batch, median seconds
 * @param share scoring by step, the median over the batches
 */
record ScoringRow(String model, int batch, int tokens, double scoring, double step, double share) {

  static final String HEADING =
      String.format(
          "%-10s %5s %6s | %9s %9s | %s", "model", "batch", "tokens", "scoring", "step", "share");

  static ScoringRow of(String model, int tokens, List<Timings.Pair> pairs) {
    return new ScoringRow(
        model,
        Workload.BATCH,
        tokens,
        Ratios.median(pairs.stream().mapToDouble(Timings.Pair::their).toArray()),
        Ratios.median(pairs.stream().mapToDouble(Timings.Pair::our).toArray()),
        Ratios.median(pairs.stream().mapToDouble(Timings.Pair::speed).toArray()));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-10s %5d %6d | %8.3fs %8.3fs | %.3f",
        model,
        batch,
        tokens,
        scoring,
        step,
        share);
  }
}
