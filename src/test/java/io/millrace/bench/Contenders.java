package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.optim.TrainingSettings;
import io.millrace.step.FineTuner;
import io.millrace.step.StepOutcome;
import io.millrace.testing.Berts;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.torch.file.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steppers of one network, from equal weights: Millrace, the limit, and stock where asked for.
 * They take turns on the same batches, so that what else the machine does falls on all of them;
 * only neighbours are compared. Each counts its own steps.
 */
final class Contenders implements AutoCloseable {

  /**
   * A fifth of what one step moves a weight: where a gradient is next to nothing, AdamW's early
   * steps turn the rounding of its sum into a part of the rate (1.3e-6 seen). A weight that only
   * one of the two trains is off by more than a rate.
   */
  private static final float SAME_WEIGHTS = 1e-5f;

  private final StepFlops flops;
  private final FineTuner millrace;
  private final LimitStep limit;
  private final Optional<StockStep> stock;

  private Contenders(
      StepFlops flops, FineTuner millrace, LimitStep limit, Optional<StockStep> stock) {
    this.flops = flops;
    this.millrace = millrace;
    this.limit = limit;
    this.stock = stock;
  }

  /** With everything trained, and with stock. */
  static Contenders full(PretrainedModel base, int labels) {
    return of(
        base,
        labels,
        0,
        Optional.of(new StockStep(Berts.config(base.architecture()), Workload.BATCH, labels)));
  }

  /** With the embeddings and the lowest layers frozen (none for 0), and without stock. */
  static Contenders withoutStock(PretrainedModel base, int labels, int frozenLayers) {
    return of(base, labels, frozenLayers, Optional.empty());
  }

  private static Contenders of(
      PretrainedModel base, int labels, int frozenLayers, Optional<StockStep> stock) {
    TrainingSettings settings =
        TinyBert.settings(
            Map.of("warmup-steps", "0", "freeze-layers", Integer.toString(frozenLayers)));
    return new Contenders(
        new StepFlops(Berts.config(base.architecture()), labels, frozenLayers),
        new FineTuner(
            TransformerClassifier.fresh(base, labels, 1, Device.cpu()), settings, Labels.TASK),
        new LimitStep(TransformerClassifier.fresh(base, labels, 1, Device.cpu()), settings),
        stock);
  }

  /** What a step of Millrace and of the limit computes. */
  StepFlops flops() {
    return flops;
  }

  /**
   * From equal weights and seeds, the two must see equal losses and leave equal weights. Called
   * before any other step.
   */
  void requireTheSameWork(List<TokenBatch> batches) {
    for (TokenBatch batch : batches) {
      double loss = millrace(batch);
      assertThat(limit.step(batch)).isCloseTo(loss, within(1e-5));
    }
    Map<String, HostTensor> expected = limit.snapshot();
    try (TransformerClassifier current = millrace.candidate()) {
      current
          .snapshot()
          .forEach(
              (name, tensor) ->
                  assertThat(largestDifference(tensor.data(), expected.get(name).data()))
                      .as(name)
                      .isLessThan(SAME_WEIGHTS));
    }
  }

  private static float largestDifference(float[] one, float[] other) {
    float largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }

  /** Steps of both that nobody measures. */
  void warmUp(List<TokenBatch> batches) {
    batches.forEach(this::pairWithLimit);
  }

  /** Measures a row. */
  Timings race(Workload work) {
    ResidentPeak.reset();
    warmUp(work.warmUp());
    Timings timings = new Timings(work);
    work.pairs().forEach(batch -> timings.besideLimit(pairWithLimit(batch)));
    stock.ifPresent(
        stepper -> {
          stepper.step(work.stock().get(0));
          work.stock()
              .forEach(
                  batch ->
                      timings.besideStock(
                          new Timings.Pair(
                              Stopwatch.seconds(() -> millrace(batch)),
                              Stopwatch.seconds(() -> stepper.step(batch)))));
        });
    timings.held(ResidentPeak.megabytes());
    return timings;
  }

  /** The order alternates from batch to batch, by the number of the step. */
  private Timings.Pair pairWithLimit(TokenBatch batch) {
    if (limit.steps() % 2 == 0) {
      double their = Stopwatch.seconds(() -> limit.step(batch));
      return new Timings.Pair(Stopwatch.seconds(() -> millrace(batch)), their);
    }
    double our = Stopwatch.seconds(() -> millrace(batch));
    return new Timings.Pair(our, Stopwatch.seconds(() -> limit.step(batch)));
  }

  /** A pair of Millrace's step and the scoring of the same batch before it. */
  Timings.Pair stepBesideScoring(TokenBatch batch) {
    double scoring = Stopwatch.seconds(() -> millrace.logits(batch.tokens()));
    return new Timings.Pair(Stopwatch.seconds(() -> millrace(batch)), scoring);
  }

  private double millrace(TokenBatch batch) {
    StepOutcome outcome = millrace.step(batch);
    assertThat(outcome).isInstanceOf(StepOutcome.Applied.class);
    return ((StepOutcome.Applied) outcome).loss();
  }

  @Override
  public void close() {
    millrace.close();
    limit.close();
    stock.ifPresent(StockStep::close);
  }
}
