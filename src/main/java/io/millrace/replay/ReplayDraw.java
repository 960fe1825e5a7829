package io.millrace.replay;

import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A weighted draw without replacement, as a race of exponential clocks (Efraimidis and Spirakis,
 * Information Processing Letters 97, 2006): the first to ring are drawn.
 */
final class ReplayDraw {

  private static final double PRIORITY_FLOOR = 0.01;
  private static final double PRIORITY_EXPONENT = 0.6;

  private ReplayDraw() {}

  /**
   * Draws examples, those of the step just done last: so that no batch comes twice running.
   *
   * @param count how many, at most what is kept
   * @param byLoss whether a high loss rings earlier
   * @param lastStep the step just done
   */
  static List<TokenizedExample> of(
      List<KeptExample> kept, int count, boolean byLoss, long lastStep, SplittableRandom random) {
    List<Clock> clocks = new ArrayList<>(kept.size());
    for (KeptExample one : kept) {
      // 1 - u is never 0, so that its logarithm is finite.
      double exponential = -Math.log(1 - random.nextDouble());
      clocks.add(
          new Clock(
              one.example(),
              one.step() == lastStep,
              byLoss ? exponential / priority(one.loss()) : exponential));
    }
    clocks.sort(Comparator.comparing(Clock::justTrained).thenComparingDouble(Clock::rings));
    return clocks.subList(0, count).stream().map(Clock::example).toList();
  }

  private static double priority(double loss) {
    return Math.pow(loss + PRIORITY_FLOOR, PRIORITY_EXPONENT);
  }

  private record Clock(TokenizedExample example, boolean justTrained, double rings) {}
}
