package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gate.TestResult.Mode;
import io.millrace.testing.Documents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How often the gate finds that a challenger is better, or not inferior, is as documented. */
class GatePowerTest {

  private final SignificanceTest byLosses =
      new SignificanceTest(new PairedTest.BoundedMean("loss", 2), Reigns.ERROR_RATE, Reigns.MARGIN);

  @ParameterizedTest
  @MethodSource("statedByAnswers")
  void thePowerIsAsTheDocumentsStateIt(Stated stated) {
    // When
    SplittableRandom random = new SplittableRandom(11);
    int shown = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      int better = 0;
      int worse = 0;
      for (int i = 0; i < stated.examples(); i++) {
        double draw = random.nextDouble();
        if (draw < (stated.spread() + stated.gain()) / 2) {
          better++;
        } else if (draw < stated.spread()) {
          worse++;
        }
      }
      if (Reigns.shown(stated.mode(), stated.examples(), better, worse, stated.looks())) {
        shown++;
      }
    }

    // Then
    assertThat(percent(shown, 1_000)).as("%s", stated).isEqualTo(stated.found());
  }

  @ParameterizedTest
  @MethodSource("statedByLosses")
  void thePowerByLossIsAsTheDocumentsStateIt(Stated stated) {
    // When
    SplittableRandom random = new SplittableRandom(11);
    int shown = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      double[] decreases =
          random
              .doubles(stated.examples())
              .map(draw -> stated.gain() + Reigns.Losses.laplace(draw, stated.spread()))
              .toArray();
      if (byLosses.ofLosses(stated.mode(), decreases, stated.looks()).isShown()) {
        shown++;
      }
    }

    // Then
    assertThat(percent(shown, 1_000)).as("%s", stated).isEqualTo(stated.found());
  }

  static List<Stated> statedByAnswers() throws IOException {
    return Stated.inDocuments("%");
  }

  static List<Stated> statedByLosses() throws IOException {
    return Stated.inDocuments("");
  }

  private static long percent(int count, int of) {
    return Math.round(100.0 * count / of);
  }

  /**
   * A row of the README's tables of what is found.
   *
   * @param spread share of examples on which the two differ, or standard deviation of the losses'
   *     differences
   * @param gain by how much the candidate is better in truth
   * @param found in how many of a hundred simulations that is found
   */
  record Stated(Mode mode, int examples, double spread, long look, double gain, long found) {

    private static final Pattern ROW =
        Pattern.compile(
            "\\| (not )?([0-9.]+) (?:points|nats) (?:better|worse, and equal in truth) \\| ([0-9,]+) \\| ([0-9.]+)(%?) \\| (\\d+) \\| (\\d+)% \\|");

    /**
     * @param unit of the spread: a percent sign or nothing
     */
    static List<Stated> inDocuments(String unit) throws IOException {
      List<Stated> rows = new ArrayList<>();
      Matcher row = ROW.matcher(Documents.text("explanation/gate.md"));
      while (row.find()) {
        if (row.group(5).equals(unit)) {
          double scale = unit.isEmpty() ? 1 : 100;
          boolean better = row.group(1) == null;
          rows.add(
              new Stated(
                  better ? Mode.SUPERIOR : Mode.NON_INFERIOR,
                  Integer.parseInt(row.group(3).replace(",", "")),
                  Double.parseDouble(row.group(4)) / scale,
                  Long.parseLong(row.group(6)),
                  better ? Double.parseDouble(row.group(2)) / scale : 0,
                  Long.parseLong(row.group(7))));
        }
      }
      assertThat(rows).as("rows of the README's table").hasSize(6);
      return rows;
    }

    InterimLooks looks() {
      return new InterimLooks(1, look - 1, look - 1, 0);
    }
  }
}
