package io.millrace.backtest;

import io.millrace.example.LabelSet;
import io.millrace.tokenize.TokenMatrix;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Trains from scratch on all seen so far, at the end of the first tenth and then at equal numbers
 * of examples; in between the model stays as it is. With one training it is the model that is
 * frozen behind the first tenth.
 */
public final class BatchStrategy implements Strategy {

  /** Passes of each training. */
  public static final int PASSES = 3;

  private final EventStream stream;
  private final int trainings;
  private final Fresh fresh;
  private final LongConsumer onTrained;
  private Optional<BatchRun> model = Optional.empty();
  private long examplesTrained;

  /**
   * @param trainings how many from the first tenth's end to the stream's, at least 1
   * @param onTrained told how many examples more were trained on
   */
  BatchStrategy(EventStream stream, int trainings, Fresh fresh, LongConsumer onTrained) {
    this.stream = stream;
    this.trainings = trainings;
    this.fresh = fresh;
    this.onTrained = onTrained;
  }

  /** Examples it will train on, each as often as it does. */
  static long expected(EventStream stream, int trainings) {
    return stops(stream, trainings)
        .mapToLong(stop -> (long) PASSES * stream.toTrain(0, stop).size())
        .sum();
  }

  private static IntStream stops(EventStream stream, int trainings) {
    int start = stream.start();
    return IntStream.range(0, trainings)
        .map(i -> start + (int) ((long) (stream.size() - start) * i / trainings));
  }

  @Override
  public int nextStop(int from) {
    return stops(stream, trainings).filter(stop -> stop > from).findFirst().orElse(stream.size());
  }

  @Override
  public void learn(int from, int to) throws IOException {
    if (to == stream.size()) {
      return; // nothing is left to predict
    }
    close();
    BatchRun next = fresh.model(stream.labels());
    model = Optional.of(next);
    next.train(
        stream.toTrain(0, to),
        PASSES,
        examples -> {
          examplesTrained += examples;
          onTrained.accept(examples);
        });
  }

  @Override
  public boolean hasModel() {
    return model.isPresent();
  }

  @Override
  public float[][] logits(TokenMatrix tokens) {
    return model.orElseThrow().logits(tokens);
  }

  @Override
  public long examplesTrained() {
    return examplesTrained;
  }

  @Override
  public Optional<Publications> publications() {
    return Optional.empty();
  }

  @Override
  public int driftReactions() {
    return 0;
  }

  @Override
  public void close() {
    model.ifPresent(BatchRun::close);
    model = Optional.empty();
  }

  /** Makes a model that has learned nothing. */
  @FunctionalInterface
  interface Fresh {
    BatchRun model(LabelSet labels) throws IOException;
  }
}
