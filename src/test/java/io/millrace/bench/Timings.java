package io.millrace.bench;

import io.millrace.tokenize.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What was measured for one row: pairs in the order of the batches. */
final class Timings {

  private final Workload work;
  private final List<Pair> limit = new ArrayList<>();
  private final List<Pair> stock = new ArrayList<>();
  private OptionalInt megabytes = OptionalInt.empty();

  Timings(Workload work) {
    this.work = work;
  }

  /**
   * Two steps on the same batch, one right behind the other, in seconds.
   *
   * @param our Millrace's
   * @param their the other's
   */
  record Pair(double our, double their) {

    /** How many times as fast Millrace is. */
    double speed() {
      return their / our;
    }
  }

  void besideLimit(Pair pair) {
    limit.add(pair);
  }

  void besideStock(Pair pair) {
    stock.add(pair);
  }

  void held(OptionalInt peak) {
    megabytes = peak;
  }

  Workload work() {
    return work;
  }

  double millrace() {
    return median(limit, Pair::our);
  }

  double limit() {
    return median(limit, Pair::their);
  }

  Ratios speedOfLimit() {
    return Ratios.of(limit.stream().mapToDouble(Pair::speed).toArray());
  }

  /** Null where stock did not run. */
  Double stock() {
    return stock.isEmpty() ? null : median(stock, Pair::their);
  }

  /**
   * Stock's seconds by Millrace's, over all batches: stock pads them all alike, so the ratio of a
   * single one says how long it is. Null where stock did not run.
   */
  Double speedOfStock() {
    return stock.isEmpty()
        ? null
        : stock.stream().mapToDouble(Pair::their).sum()
            / stock.stream().mapToDouble(Pair::our).sum();
  }

  int stockPairs() {
    return stock.size();
  }

  /** Peak of the process, all steppers together; null where it cannot be told. */
  Integer megabytes() {
    return megabytes.isPresent() ? megabytes.getAsInt() : null;
  }

  /** Of something that a batch has so much of, what Millrace does a second: the median. */
  double perSecond(ToDoubleFunction<TokenBatch> amount) {
    return Ratios.median(
        IntStream.range(0, limit.size())
            .mapToDouble(i -> amount.applyAsDouble(work.pairs().get(i)) / limit.get(i).our())
            .toArray());
  }

  private static double median(List<Pair> pairs, ToDoubleFunction<Pair> side) {
    return Ratios.median(pairs.stream().mapToDouble(side).toArray());
  }
}
