package io.millrace.publication;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.publication.TestResult.Mode;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static final Map<Outcome, Double> known = new HashMap<>();

  private final SignificanceTest gate = new SignificanceTest(GateScore.ACCURACY, 0.05, MARGIN);

  @ParameterizedTest
  @CsvSource({"SUPERIOR, 0.04", "SUPERIOR, 0.10", "NON_INFERIOR, 0.04", "NON_INFERIOR, 0.10"})
  void fewerThanOneInTwentyReignsPublishAtTheBoundary(Mode mode, double discordant) {
    // Given the difference at which a challenger is no longer to be published
    double difference = mode == Mode.SUPERIOR ? 0 : -MARGIN;

    // When
    SplittableRandom random = new SplittableRandom(7);
    int published = 0;
    for (int reign = 0; reign < REIGNS; reign++) {
      if (publishes(mode, discordant, difference, random)) {
        published++;
      }
    }

    // Then the share is below 5% beyond doubt (1,000 reigns: 36 is its lower 95% limit)
    System.out.printf(
        "%s, discordant %.2f: %d of %d reigns published%n", mode, discordant, published, REIGNS);
    assertThat(published).isLessThan(REIGNS * 36 / 1_000);
  }

  /** Differences vary in part with the example, so that overlapping windows are correlated. */
  private boolean publishes(
      Mode mode, double discordant, double difference, SplittableRandom random) {
    double[] hard = new double[CHALLENGERS * BLOCK + WINDOW];
    for (int i = 0; i < hard.length; i++) {
      hard[i] = random.nextDouble();
    }
    for (int challenger = 0; challenger < CHALLENGERS; challenger++) {
      // Half of the examples on which models differ are the same for all challengers.
      int better = 0;
      int worse = 0;
      double share = (discordant + difference) / 2 / discordant;
      for (int i = challenger * BLOCK; i < challenger * BLOCK + WINDOW; i++) {
        double draw = random.nextDouble() < 0.5 ? hard[i] : random.nextDouble();
        if (draw < discordant) {
          if (draw < discordant * share) {
            better++;
          } else {
            worse++;
          }
        }
      }
      Looks looks = new Looks(1, challenger, challenger, 0);
      if (shown(mode, WINDOW, better, worse, looks)) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({
    "SUPERIOR, 1000, 0.04, 1, 0.02, 0.80, 0.95",
    "SUPERIOR, 1000, 0.04, 10, 0.02, 0.23, 0.40",
    "SUPERIOR, 2000, 0.04, 1, 0.02, 0.98, 1",
    "SUPERIOR, 2000, 0.04, 10, 0.02, 0.78, 0.90",
    "SUPERIOR, 2000, 0.04, 100, 0.02, 0.37, 0.54",
    "NON_INFERIOR, 1000, 0.02, 1, 0, 0.90, 1",
    "NON_INFERIOR, 1000, 0.04, 1, 0, 0.70, 0.95",
  })
  void thePowerIsAsStated(
      Mode mode, int examples, double discordant, long look, double gain, double low, double high) {
    // When
    SplittableRandom random = new SplittableRandom(11);
    int shown = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      int better = 0;
      int worse = 0;
      for (int i = 0; i < examples; i++) {
        double draw = random.nextDouble();
        if (draw < (discordant + gain) / 2) {
          better++;
        } else if (draw < discordant) {
          worse++;
        }
      }
      if (shown(mode, examples, better, worse, new Looks(1, look - 1, look - 1, 0))) {
        shown++;
      }
    }

    // Then
    System.out.printf(
        "%s, %d examples, discordant %.2f, look %d, gain %.2f: power %.3f%n",
        mode, examples, discordant, look, gain, shown / 1_000.0);
    assertThat(shown / 1_000.0).isBetween(low, high);
  }

  @Test
  void theLevelsOfAllLooksSumToTheErrorRate() {
    AlphaBudget budget = new AlphaBudget(0.025);
    double sum = 0;
    for (long look = 1; look <= 1_000_000; look++) {
      sum += budget.level(look);
    }
    assertThat(sum).isBetween(0.0249, 0.025);
  }

  private boolean shown(Mode mode, int examples, int better, int worse, Looks looks) {
    double level = new AlphaBudget(gate.errorRate() / 2).level(looks.count(mode) + 1);
    if (mode == Mode.SUPERIOR) {
      return McNemar.pValue(better, worse) <= level;
    }
    double atLeast =
        known.computeIfAbsent(
            new Outcome(examples, better, worse),
            outcome -> NonInferiority.atEstimate(examples, better, worse, MARGIN));
    return atLeast <= level
        && NonInferiority.pValue(examples, better, worse, MARGIN, level) <= level;
  }

  private record Outcome(int examples, int better, int worse) {}
}
