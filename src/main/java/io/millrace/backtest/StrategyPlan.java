package io.millrace.backtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * An arm to be: made when its turn comes, so that one model is in memory at a time.
 *
 * @param name in tables
 * @param settings those that only this arm has
 * @param twin the arm that it is equal to, where that one reacts to no drift
 * @param expectedExamples examples it will train on, about
 * @param maker makes it
 */
public record StrategyPlan(
    String name,
    Map<String, String> settings,
    Optional<String> twin,
    long expectedExamples,
    Maker maker) {

  /** Trained on the first tenth, and left as it is. */
  public static final String FROZEN = "frozen";

  /** Trained again and again on all seen so far. */
  public static final String FROM_SCRATCH = "from scratch";

  /** The service. */
  public static final String OURS = "continuous";

  /** What it comes to by what its twin came to; empty where it has to go its own way. */
  Optional<Measured> fromTwin(List<Measured> done) {
    return done.stream()
        .filter(other -> twin.filter(other.name()::equals).isPresent())
        .filter(other -> other.driftReactions() == 0)
        .findFirst()
        .map(other -> other.as(name, settings));
  }

  /** Makes the arm, walks it along the stream, and closes it. */
  Measured measure(EventStream stream, int batchExamples, LongConsumer onTrained)
      throws IOException {
    Path versions = Files.createTempDirectory("millrace-stream-");
    long start = System.nanoTime();
    try (Strategy arm = maker.arm(versions, onTrained)) {
      PrequentialRun walk = PrequentialRun.of(arm, stream, batchExamples);
      return new Measured(
          name,
          settings,
          walk,
          arm.examplesTrained(),
          arm.publications(),
          arm.driftReactions(),
          (System.nanoTime() - start) / 1e9);
    } finally {
      delete(versions);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).forEach(StrategyPlan::deleteOne);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes an arm. */
  @FunctionalInterface
  interface Maker {

    /**
     * @param versions an empty folder for versions
     * @param onTrained to be told how many examples more were trained on
     */
    Strategy arm(Path versions, LongConsumer onTrained) throws IOException;
  }
}
