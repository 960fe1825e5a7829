package io.millrace.faults;

import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of each fault, of every class that makes some. The file is written with each, so that
 * one that is not survived is in it, too.
 */
final class FaultReport {

  static final FaultReport OF_THIS_RUN =
      new FaultReport(Path.of("target", "faults", "report.json"));

  private final List<Fault> faults = new ArrayList<>();
  private final Path file;

  FaultReport(Path file) {
    this.file = file;
  }

  synchronized void add(Fault fault) throws IOException {
    faults.add(fault);
    Files.createDirectories(file.getParent());
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), faults);
    System.out.printf(
        "%d faults so far, all whole: %s; %s%n",
        faults.size(), faults.stream().allMatch(Fault::isWhole), file);
  }

  /**
   * One run with a fault.
   *
   * @param kind {@code kill} of the service, or {@code broker}
   * @param point where, or when
   * @param weightsEqual weights and moments are those of a run over the same journal that never
   *     died, bit for bit; empty where no two runs form the same chunks
   * @param trainedOnce each record has exactly one outcome in the surviving lineage
   * @param versionsGapFree version numbers count from 1 without gap or repetition
   * @param toldOnce each decision and dead letter was seen once under read_committed
   */
  record Fault(
      String kind,
      String point,
      Optional<Boolean> weightsEqual,
      boolean trainedOnce,
      boolean versionsGapFree,
      boolean toldOnce) {

    /**
     * @param uninterrupted what to compare with; empty where no two runs form the same chunks
     */
    static Fault of(String kind, String point, Outcome outcome, Optional<Outcome> uninterrupted)
        throws IOException {
      return new Fault(
          kind,
          point,
          uninterrupted.map(outcome::hasWeightsOf),
          outcome.trainedOnce(),
          outcome.versionsGapFree(),
          outcome.toldOnce());
    }

    boolean isWhole() {
      return weightsEqual.orElse(true) && trainedOnce && versionsGapFree && toldOnce;
    }
  }
}
