package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gate.TestResult.Mode;
import io.millrace.testing.Documents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the gate's error rate means: reigns of a champion over 10,000 held-out examples, with 100
 * challengers that are each tested once, on windows of 1,000 that share nine tenths with their
 * neighbours'. Every challenger stands exactly where it must not be published any more.
 */
class GateSimulationTest {

  private static final int REIGNS = Integer.getInteger("millrace.gate.reigns", 1_000);
  private static final int CHALLENGERS = 100;
  private static final int WINDOW = 1_000;
  private static final int BLOCK = 100;
  private static final double MARGIN = 0.02;

  /** Reigns that published one, by what was simulated. */
  private static final Map<String, Integer> PUBLISHED = new TreeMap<>();

  private static final Map<Outcome, Double> known = new HashMap<>();

  @AfterAll
  static void theDocumentsStateTheSharesThatWereFound() throws IOException {
    if (PUBLISHED.size() < 8 || REIGNS != 1_000) {
      return; // some of them only
    }
    String text = Documents.text("explanation/gate.md").replaceAll("\\s+", " ");
    assertThat(text)
        .contains(
            "`GateSimulationTest`), %s of reigns publish one in the first mode, %s in the second, %s where the two take turns, at most %s by loss."
                .formatted(
                    range("SUPERIOR, discordant"),
                    range("NON_INFERIOR, discordant"),
                    range("freshness overdue"),
                    share(most("by loss"))));
  }

  /** As in "2.0 to 3.0%"; one number where both are the same. */
  private static String range(String what) {
    int least =
        PUBLISHED.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(what))
            .mapToInt(Map.Entry::getValue)
            .min()
            .orElseThrow();
    return least == most(what)
        ? share(least)
        : "%.1f to %s".formatted(100.0 * least / REIGNS, share(most(what)));
  }

  private static int most(String what) {
    return PUBLISHED.entrySet().stream()
        .filter(
            entry ->
                what.equals("by loss")
                    ? entry.getKey().contains(what)
                    : entry.getKey().startsWith(what))
        .mapToInt(Map.Entry::getValue)
        .max()
        .orElseThrow();
  }

  private static String share(int published) {
    return "%.1f%%".formatted(100.0 * published / REIGNS);
  }

  private final SignificanceTest byAnswers = new SignificanceTest(GateScore.ACCURACY, 0.05, MARGIN);
  private final SignificanceTest byLosses = new SignificanceTest(GateScore.LOG_LOSS, 0.05, MARGIN);

  @ParameterizedTest
  @CsvSource({"SUPERIOR, 0.04", "SUPERIOR, 0.10", "NON_INFERIOR, 0.04", "NON_INFERIOR, 0.10"})
  void fewerThanOneInTwentyReignsPublishAtTheBoundary(Mode mode, double discordant) {
    isHeld(
        "%s, discordant %.2f".formatted(mode, discordant),
        (random, hard) -> answersPublish(challenger -> mode, discordant, random, hard));
  }

  @Test
  void noMoreDoWhereSomeChallengersNeedOnlyNotBeMuchWorse() {
    isHeld(
        "freshness overdue at every other look",
        (random, hard) ->
            answersPublish(
                challenger -> challenger % 2 == 0 ? Mode.SUPERIOR : Mode.NON_INFERIOR,
                0.04,
                random,
                hard));
  }

  @ParameterizedTest
  @CsvSource({"SUPERIOR, SPREAD", "SUPERIOR, RARE_LARGE", "NON_INFERIOR, RARE_LARGE"})
  void neitherDoTheyByLossHoweverItsDifferencesAreSpread(Mode mode, Losses losses) {
    double mean = mode == Mode.SUPERIOR ? 0 : -MARGIN;
    isHeld(
        "%s by loss, %s".formatted(mode, losses),
        (random, hard) -> lossesPublish(mode, u -> mean + losses.decrease(u), random, hard));
  }

  private static void isHeld(String what, Reign reign) {
    // When
    SplittableRandom random = new SplittableRandom(7);
    int published = 0;
    for (int i = 0; i < REIGNS; i++) {
      double[] hard = random.doubles(CHALLENGERS * BLOCK + WINDOW).toArray();
      if (reign.publishes(random, hard)) {
        published++;
      }
    }

    // Then the share is below 5% beyond doubt: P(Bin(1000, 0.05) <= 38) = 0.043
    System.out.printf("%s: %d of %d reigns published%n", what, published, REIGNS);
    PUBLISHED.put(what, published);
    assertThat(published).isLessThanOrEqualTo(REIGNS * 38 / 1_000);
  }

  private boolean answersPublish(
      IntFunction<Mode> modes, double discordant, SplittableRandom random, double[] hard) {
    Looks looks = Looks.NONE;
    for (int challenger = 0; challenger < CHALLENGERS; challenger++) {
      Mode mode = modes.apply(challenger);
      double difference = mode == Mode.SUPERIOR ? 0 : -MARGIN;
      int better = 0;
      int worse = 0;
      for (int i = challenger * BLOCK; i < challenger * BLOCK + WINDOW; i++) {
        double draw = draw(random, hard[i]);
        if (draw < (discordant + difference) / 2) {
          better++;
        } else if (draw < discordant) {
          worse++;
        }
      }
      if (shown(mode, WINDOW, better, worse, looks)) {
        return true;
      }
      looks = looks.after(mode);
    }
    return false;
  }

  private boolean lossesPublish(
      Mode mode, DoubleUnaryOperator decrease, SplittableRandom random, double[] hard) {
    Looks looks = Looks.NONE;
    double[] decreases = new double[WINDOW];
    for (int challenger = 0; challenger < CHALLENGERS; challenger++) {
      for (int i = 0; i < WINDOW; i++) {
        decreases[i] = decrease.applyAsDouble(draw(random, hard[challenger * BLOCK + i]));
      }
      if (byLosses.ofLosses(mode, decreases, looks).isShown()) {
        return true;
      }
      looks = looks.after(mode);
    }
    return false;
  }

  /** Half of the differences are the example's: so overlapping windows are correlated. */
  private static double draw(SplittableRandom random, double hard) {
    return random.nextDouble() < 0.5 ? hard : random.nextDouble();
  }

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
      if (shown(stated.mode(), stated.examples(), better, worse, stated.looks())) {
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
              .map(draw -> stated.gain() + Losses.laplace(draw, stated.spread()))
              .toArray();
      if (byLosses.ofLosses(stated.mode(), decreases, stated.looks()).isShown()) {
        shown++;
      }
    }

    // Then
    assertThat(percent(shown, 1_000)).as("%s", stated).isEqualTo(stated.found());
  }

  static List<Stated> statedByAnswers() throws IOException {
    return Stated.documented("%");
  }

  static List<Stated> statedByLosses() throws IOException {
    return Stated.documented("");
  }

  private static long percent(int count, int of) {
    return Math.round(100.0 * count / of);
  }

  @Test
  void theLevelsOfAllLooksSumToTheErrorRate() {
    double sum = 0;
    for (long look = 0; look < 1_000_000; look++) {
      Looks looks = new Looks(1, look, look, look);
      sum += byAnswers.level(Mode.SUPERIOR, looks) + byAnswers.level(Mode.NON_INFERIOR, looks);
    }
    assertThat(sum).isBetween(0.0499, 0.05);
  }

  private boolean shown(Mode mode, int examples, int better, int worse, Looks looks) {
    // Most outcomes are far from any level, which is told much faster.
    return (mode == Mode.SUPERIOR
            || atLeast(examples, better, worse) <= byAnswers.level(mode, looks))
        && byAnswers.ofAnswers(mode, examples, better, worse, looks).isShown();
  }

  private static double atLeast(int examples, int better, int worse) {
    return known.computeIfAbsent(
        new Outcome(examples, better, worse),
        outcome -> NonInferiority.atEstimate(examples, better, worse, MARGIN));
  }

  /** Differences of losses with mean 0. */
  enum Losses {
    /** Both ways alike (Laplace). */
    SPREAD {
      @Override
      double decrease(double draw) {
        return laplace(draw, 0.3);
      }
    },
    /** A little better on nearly all examples, much worse on one in 500, which windows may lack. */
    RARE_LARGE {
      @Override
      double decrease(double draw) {
        return draw < 0.002 ? -1.9 : 1.9 * 0.002 / 0.998;
      }
    };

    abstract double decrease(double draw);

    static double laplace(double draw, double spread) {
      double side = 1 - 2 * Math.abs(draw - 0.5);
      return -Math.signum(draw - 0.5) * Math.log(Math.max(side, 1e-300)) * spread / Math.sqrt(2);
    }
  }

  /**
   * A row of the gate's page, its tables of what is found.
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
    static List<Stated> documented(String unit) throws IOException {
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
      assertThat(rows).as("rows of the page's table").hasSize(6);
      return rows;
    }

    Looks looks() {
      return new Looks(1, look - 1, look - 1, 0);
    }
  }

  private record Outcome(int examples, int better, int worse) {}

  private interface Reign {
    boolean publishes(SplittableRandom random, double[] hard);
  }
}
