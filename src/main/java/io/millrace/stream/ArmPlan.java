package io.millrace.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * An arm to be: made when its turn comes, so that one model is in memory at a time.
 *
 * @param name in tables
 * @param settings those that only this arm has
 * @param expectedExamples examples it will train on, about
 * @param maker makes it
 */
record ArmPlan(String name, Map<String, String> settings, long expectedExamples, Maker maker) {

  /** Makes the arm, walks it along the stream, and closes it. */
  Measured measure(EventStream stream, int batchExamples, LongConsumer onTrained)
      throws IOException {
    Path versions = Files.createTempDirectory("millrace-stream-");
    long start = System.nanoTime();
    try (Arm arm = maker.arm(versions, onTrained)) {
      Walk walk = Walk.of(arm, stream, batchExamples);
      return new Measured(
          name,
          settings,
          walk,
          arm.examplesTrained(),
          arm.publications(),
          (System.nanoTime() - start) / 1e9);
    } finally {
      delete(versions);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).forEach(ArmPlan::deleteOne);
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
    Arm arm(Path versions, LongConsumer onTrained) throws IOException;
  }
}
