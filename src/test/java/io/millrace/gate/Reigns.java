package io.millrace.gate;

import io.millrace.gate.TestResult.Mode;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Simulated reigns of a champion over 10,000 held-out examples, with 100 challengers that are each
 * tested once, on windows of 1,000 that share nine tenths with their neighbours'. Every challenger
 * stands exactly where it must not be published any more.
 */
final class Reigns {

  static final double MARGIN = 0.02;
  static final double ERROR_RATE = 0.05;

  private static final int CHALLENGERS = 100;
  private static final int WINDOW = 1_000;
  private static final int BLOCK = 100;

  private static final SignificanceTest BY_ANSWERS =
      new SignificanceTest(new PairedTest.ExactCounts("accuracy"), ERROR_RATE, MARGIN);
  private static final SignificanceTest BY_LOSSES =
      new SignificanceTest(new PairedTest.BoundedMean("loss", 2), ERROR_RATE, MARGIN);

  private static final Map<Outcome, Double> KNOWN = new HashMap<>();

  private Reigns() {}

  /** What is simulated. */
  enum Kind {
    SUPERIOR_FEW_DIFFER("SUPERIOR, discordant 0.04"),
    SUPERIOR_MANY_DIFFER("SUPERIOR, discordant 0.10"),
    NON_INFERIOR_FEW_DIFFER("NON_INFERIOR, discordant 0.04"),
    NON_INFERIOR_MANY_DIFFER("NON_INFERIOR, discordant 0.10"),
    TAKING_TURNS("freshness overdue at every other look"),
    SUPERIOR_BY_LOSS("SUPERIOR by loss, SPREAD"),
    SUPERIOR_BY_RARE_LOSSES("SUPERIOR by loss, RARE_LARGE"),
    NON_INFERIOR_BY_RARE_LOSSES("NON_INFERIOR by loss, RARE_LARGE");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    private boolean publishes(SplittableRandom random, double[] hard) {
      return switch (this) {
        case SUPERIOR_FEW_DIFFER -> answersPublish(look -> Mode.SUPERIOR, 0.04, random, hard);
        case SUPERIOR_MANY_DIFFER -> answersPublish(look -> Mode.SUPERIOR, 0.10, random, hard);
        case NON_INFERIOR_FEW_DIFFER ->
            answersPublish(look -> Mode.NON_INFERIOR, 0.04, random, hard);
        case NON_INFERIOR_MANY_DIFFER ->
            answersPublish(look -> Mode.NON_INFERIOR, 0.10, random, hard);
        case TAKING_TURNS ->
            answersPublish(
                look -> look % 2 == 0 ? Mode.SUPERIOR : Mode.NON_INFERIOR, 0.04, random, hard);
        case SUPERIOR_BY_LOSS -> lossesPublish(Mode.SUPERIOR, Losses.SPREAD, random, hard);
        case SUPERIOR_BY_RARE_LOSSES ->
            lossesPublish(Mode.SUPERIOR, Losses.RARE_LARGE, random, hard);
        case NON_INFERIOR_BY_RARE_LOSSES ->
            lossesPublish(Mode.NON_INFERIOR, Losses.RARE_LARGE, random, hard);
      };
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** How many of so many reigns published a challenger. */
  static int published(Kind kind, int reigns) {
    SplittableRandom random = new SplittableRandom(7);
    int published = 0;
    for (int i = 0; i < reigns; i++) {
      double[] hard = random.doubles(CHALLENGERS * BLOCK + WINDOW).toArray();
      if (kind.publishes(random, hard)) {
        published++;
      }
    }
    return published;
  }

  private static boolean answersPublish(
      IntFunction<Mode> modes, double discordant, SplittableRandom random, double[] hard) {
    InterimLooks looks = InterimLooks.NONE;
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

  private static boolean lossesPublish(
      Mode mode, Losses losses, SplittableRandom random, double[] hard) {
    InterimLooks looks = InterimLooks.NONE;
    double mean = mode == Mode.SUPERIOR ? 0 : -MARGIN;
    double[] decreases = new double[WINDOW];
    for (int challenger = 0; challenger < CHALLENGERS; challenger++) {
      for (int i = 0; i < WINDOW; i++) {
        decreases[i] = mean + losses.decrease(draw(random, hard[challenger * BLOCK + i]));
      }
      if (BY_LOSSES.ofLosses(mode, decreases, looks).isShown()) {
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

  /** Whether the test by answers shows it. */
  static boolean shown(Mode mode, int examples, int better, int worse, InterimLooks looks) {
    // Most outcomes are far from any level, which is told much faster.
    return (mode == Mode.SUPERIOR
            || atLeast(examples, better, worse) <= BY_ANSWERS.level(mode, looks))
        && BY_ANSWERS.ofAnswers(mode, examples, better, worse, looks).isShown();
  }

  private static double atLeast(int examples, int better, int worse) {
    return KNOWN.computeIfAbsent(
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
}
