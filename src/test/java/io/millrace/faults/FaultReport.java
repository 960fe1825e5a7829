package io.millrace.faults;

import io.millrace.publication.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What came of each kill, in {@code target/faults/report.json}. */
final class FaultReport {

  private FaultReport() {}

  static void write(List<Kill> kills) throws IOException {
    Path file = Files.createDirectories(Path.of("target", "faults")).resolve("report.json");
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), kills);
    System.out.printf("%d kills, all whole: %s; %s%n", kills.size(), all(kills), file);
  }

  private static boolean all(List<Kill> kills) {
    return kills.stream()
        .allMatch(
            kill ->
                kill.weightsEqual()
                    && kill.trainedOnce()
                    && kill.versionsGapFree()
                    && kill.toldOnce());
  }

  /**
   * One run with a kill.
   *
   * @param point where, or when
   * @param weightsEqual weights and moments are those of a run over the same journal that never
   *     died, bit for bit
   * @param trainedOnce each record has exactly one outcome in the surviving lineage
   * @param versionsGapFree version numbers count from 1 without gap or repetition
   * @param toldOnce each decision and dead letter was seen once under read_committed
   */
  record Kill(
      String point,
      boolean weightsEqual,
      boolean trainedOnce,
      boolean versionsGapFree,
      boolean toldOnce) {}
}
