package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One row of the table and of {@code target/bench/step.json}. Times are medians, seconds per step;
 * ratios are medians over pairs that ran side by side, above 1 where Millrace is the faster.
 *
 * @param model the network
 * @param batch examples a step, {@code B}
 * @param tokens tokens an example, {@code T}
 * @param precision of the weights
 * @param millrace {@code FineTuner.step}
 * @param limit the same work as one TorchScript call
 * @param stock DJL's BertBlock and Trainer, padded to 128
 * @param speedOfLimit limit's time by Millrace's
 * @param speedOfLimitLow lower end of its 95% interval
 * @param speedOfLimitHigh upper end
 * @param pairs pairs of Millrace and limit
 * @param speedOfStock stock's time by Millrace's
 * @param stockPairs pairs of Millrace and stock
 */
record BenchRow(
    String model,
    int batch,
    int tokens,
    String precision,
    double millrace,
    double limit,
    double stock,
    @JsonProperty("speed_of_limit") double speedOfLimit,
    @JsonProperty("speed_of_limit_low") double speedOfLimitLow,
    @JsonProperty("speed_of_limit_high") double speedOfLimitHigh,
    int pairs,
    @JsonProperty("speed_of_stock") double speedOfStock,
    @JsonProperty("stock_pairs") int stockPairs) {

  static final String HEADING =
      String.format(
          "%-10s %5s %6s %9s | %9s %9s %9s | %-30s | %s",
          "model",
          "batch",
          "tokens",
          "precision",
          "millrace",
          "limit",
          "stock",
          "speed by limit [95%] (pairs)",
          "speed by stock (pairs)");

  @Override
  public String toString() {
    return String.format(
        "%-10s %5d %6d %9s | %8.3fs %8.3fs %8.3fs | %.3f [%.3f, %.3f] (%d)%8s | %.2f (%d)",
        model,
        batch,
        tokens,
        precision,
        millrace,
        limit,
        stock,
        speedOfLimit,
        speedOfLimitLow,
        speedOfLimitHigh,
        pairs,
        "",
        speedOfStock,
        stockPairs);
  }
}
