package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.tokenize.TokenBatch;
import java.util.Locale;

/**
 * One row of the table and of {@code target/bench/step.json}. Times and rates are medians over the
 * pairs; speeds are ratios of steps that ran side by side, above 1 where Millrace is the faster.
 *
 * @param model the network
 * @param variant {@code full}, or what is frozen: {@code frozen 3} is the embeddings and the lowest
 *     three layers
 * @param data {@code random} tokens without padding, or real texts
 * @param batch examples a step, {@code B}
 * @param tokens tokens an example, padding included, {@code T}; of real texts the mean
 * @param precision of the weights
 * @param millrace {@code FineTuner.step}, seconds
 * @param limit the same work as one TorchScript call, seconds
 * @param stock DJL's BertBlock and Trainer, padded to 128, seconds; null where it does not run
 * @param speedOfLimit limit's time by Millrace's
 * @param speedOfLimitLow lower end of its interval
 * @param speedOfLimitHigh upper end
 * @param interval {@code 95%}, or {@code range} where there are too few pairs for that
 * @param pairs pairs of Millrace and limit
 * @param speedOfStock stock's time by Millrace's, over all their pairs
 * @param stockPairs pairs of Millrace and stock
 * @param examplesPerSecond Millrace's
 * @param tokensPerSecond Millrace's, padding not counted
 * @param shareOfPeak Millrace's matrix products a second ({@link StepFlops}, padding counted) by
 *     the peak measured in the same run ({@link MatmulPeak})
 * @param peakResidentMb most memory of the process in the row, all its steppers together, MB; null
 *     where it cannot be told
 */
record BenchRow(
    String model,
    String variant,
    String data,
    int batch,
    int tokens,
    String precision,
    double millrace,
    double limit,
    Double stock,
    @JsonProperty("speed_of_limit") double speedOfLimit,
    @JsonProperty("speed_of_limit_low") double speedOfLimitLow,
    @JsonProperty("speed_of_limit_high") double speedOfLimitHigh,
    String interval,
    int pairs,
    @JsonProperty("speed_of_stock") Double speedOfStock,
    @JsonProperty("stock_pairs") int stockPairs,
    @JsonProperty("examples_per_second") double examplesPerSecond,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("share_of_peak") double shareOfPeak,
    @JsonProperty("peak_resident_mb") Integer peakResidentMb) {

  static final String HEADING =
      String.format(
          "%-10s %-8s %-9s %5s %6s %9s | %9s %9s %9s | %-32s | %-12s | %10s %8s %5s %8s",
          "model",
          "variant",
          "data",
          "batch",
          "tokens",
          "precision",
          "millrace",
          "limit",
          "stock",
          "speed by limit (pairs)",
          "by stock",
          "examples/s",
          "tokens/s",
          "peak",
          "MB");

  /**
   * @param peak of matrix products, operations a second
   */
  static BenchRow of(String model, Timings timings, StepFlops flops, double peak) {
    Ratios ratios = timings.speedOfLimit();
    return new BenchRow(
        model,
        flops.frozenLayers() == 0 ? "full" : "frozen " + flops.frozenLayers(),
        timings.work().data(),
        timings.work().pairs().get(0).size(),
        timings.work().meanLength(),
        "fp32",
        timings.millrace(),
        timings.limit(),
        timings.stock(),
        ratios.median(),
        ratios.low(),
        ratios.high(),
        ratios.interval(),
        ratios.pairs(),
        timings.speedOfStock(),
        timings.stockPairs(),
        timings.perSecond(TokenBatch::size),
        timings.perSecond(batch -> batch.tokens().tokens()),
        timings.perSecond(batch -> flops.of(batch.size(), batch.tokens().length())) / peak,
        timings.megabytes());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-10s %-8s %-9s %5d %6d %9s | %8.3fs %8.3fs %9s | %-32s | %-12s | %10.1f %8.0f %4.0f%% %8s",
        model,
        variant,
        data,
        batch,
        tokens,
        precision,
        millrace,
        limit,
        stock == null ? "-" : String.format(Locale.ROOT, "%.3fs", stock),
        String.format(
            Locale.ROOT,
            "%.3f %s [%.3f, %.3f] (%d)",
            speedOfLimit,
            interval,
            speedOfLimitLow,
            speedOfLimitHigh,
            pairs),
        speedOfStock == null
            ? "-"
            : String.format(Locale.ROOT, "%.2f (%d)", speedOfStock, stockPairs),
        examplesPerSecond,
        tokensPerSecond,
        100 * shareOfPeak,
        peakResidentMb == null ? "-" : peakResidentMb);
  }
}
