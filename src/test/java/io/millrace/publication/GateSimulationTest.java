package io.millrace.publication;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.publication.TestResult.Mode;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
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

  @ParameterizedTest
  @CsvSource({
    "SUPERIOR, 1000, 0.15, 1, 0.02, 0.65, 0.80",
    "SUPERIOR, 2000, 0.15, 1, 0.02, 0.98, 1",
    "SUPERIOR, 2000, 0.15, 10, 0.02, 0.80, 0.95",
    "SUPERIOR, 1000, 0.30, 1, 0.05, 0.92, 1",
    "SUPERIOR, 1000, 0.30, 10, 0.05, 0.65, 0.85",
    "NON_INFERIOR, 1000, 0.15, 1, 0, 0.65, 0.80",
  })
  void thePowerByLossIsAsStated(
      Mode mode, int examples, double spread, long look, double gain, double low, double high) {
    // When
    SplittableRandom random = new SplittableRandom(11);
    int shown = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      double[] decreases =
          random.doubles(examples).map(draw -> gain + Losses.laplace(draw, spread)).toArray();
      Looks looks = new Looks(1, look - 1, look - 1, 0);
      if (byLosses.ofLosses(mode, decreases, looks).isShown()) {
        shown++;
      }
    }

    // Then
    System.out.printf(
        "%s by loss, %d examples, spread %.2f, look %d, gain %.2f: power %.3f%n",
        mode, examples, spread, look, gain, shown / 1_000.0);
    assertThat(shown / 1_000.0).isBetween(low, high);
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

  private record Outcome(int examples, int better, int worse) {}

  private interface Reign {
    boolean publishes(SplittableRandom random, double[] hard);
  }
}
