package io.millrace.backtest;

import io.millrace.config.PipelineConfig;
import io.millrace.tokenize.BatchSettings;
import io.millrace.tokenize.TokenMatrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The service: learns from each chunk once it is full, and publishes what the gate lets through.
 */
final class ContinuousStrategy implements Strategy {

  /** Chunks that a stream has at least: a short one would be over before anything is learned. */
  private static final int CHUNKS = 40;

  private final EventStream stream;
  private final int chunkExamples;
  private final ContinuousRun run;
  private final LongConsumer onTrained;
  private final List<Publications.Judged> judged = new ArrayList<>();

  /**
   * @param batch the settings of chunks, held-out records included
   * @param run closed with this
   * @param onTrained told how many examples more were trained on
   */
  ContinuousStrategy(
      EventStream stream, BatchSettings batch, ContinuousRun run, LongConsumer onTrained) {
    this.stream = stream;
    this.chunkExamples = chunkExamples(stream.size(), batch);
    this.run = run;
    this.onTrained = onTrained;
  }

  /**
   * As the service's, which closes a chunk that has waited: of a short stream a fortieth, so that
   * each tenth has some, but a batch at least.
   */
  static int chunkExamples(int size, BatchSettings batch) {
    return Math.min(batch.chunkExamples(), Math.max(batch.maxExamples(), size / CHUNKS));
  }

  /** Examples it will train on, each as often as it does; a little more than it will be. */
  static long expected(EventStream stream, PipelineConfig config) {
    double times = 1;
    if (config.replay().size() > 0) {
      times = Math.max(1 / (1 - config.replay().ratio()), config.replay().passes());
    }
    return Math.round(times * stream.toTrain(0, stream.size()).size());
  }

  @Override
  public int nextStop(int from) {
    int next = Math.min(stream.size(), from + chunkExamples);
    // All arms begin to be compared at the same place, so none may have learned less by then.
    return from < stream.start() ? Math.min(next, stream.start()) : next;
  }

  @Override
  public void learn(int from, int to) throws IOException {
    long before = examplesTrained();
    run.train(
            stream.toTrain(from, to),
            stream.heldOut(from, to),
            stream.heldOutAhead(to, Publications.JUDGES))
        .map(Publications.Judged::of)
        .ifPresent(judged::add);
    onTrained.accept(examplesTrained() - before);
  }

  @Override
  public boolean hasModel() {
    return true;
  }

  @Override
  public float[][] logits(TokenMatrix tokens) {
    return run.logits(tokens);
  }

  @Override
  public long examplesTrained() {
    return run.examplesTrained() + run.examplesReplayed();
  }

  @Override
  public Optional<Publications> publications() {
    return Optional.of(new Publications(run.published(), run.held(), run.rolledBack(), judged));
  }

  @Override
  public int driftReactions() {
    return run.driftReactions();
  }

  @Override
  public void close() {
    run.close();
  }
}
