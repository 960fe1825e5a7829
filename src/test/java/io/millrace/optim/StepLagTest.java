package io.millrace.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What a row has missed, against AdamW step by step in double precision. */
class StepLagTest {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double DECAY = 0.01;

  @Test
  void catchingUpEqualsEverySingleStep() {
    for (long base : new long[] {0, 5, 1000}) {
      for (int missed : new int[] {1, 2, 3, 10, 60, 300}) {
        for (double gradient : new double[] {1e-2, 1e-5, 3e-8, 1e-9}) {
          // Given a row that took part in the first step only
          StepLag lag = new StepLag(2, 400, BETA1, BETA2, DECAY, base);
          Row exact = new Row(0.3);
          exact.step(base + 1, rate(1), gradient);
          Row behind = exact.copy();
          lag.stepped(rate(1), new long[] {0, 1});

          // When
          for (int i = 2; i <= missed + 1; i++) {
            exact.step(base + i, rate(i), 0);
            lag.stepped(rate(i), new long[] {1});
          }
          behind.catchUp(lag.coefficients(lag.behind(new long[] {0, 1}))[0]);

          // Then
          String what = "base %d, missed %d, gradient %s".formatted(base, missed, gradient);
          // a hundredth of one step's rate, where epsilon is as large as the root of the moment
          double tolerance = gradient > 1e-6 ? 1e-6 : 1e-5;
          assertThat(behind.weight).as(what).isCloseTo(exact.weight, within(tolerance));
          assertThat(behind.first).as(what).isCloseTo(exact.first, within(1e-6 * gradient));
          assertThat(behind.second)
              .as(what)
              .isCloseTo(exact.second, within(1e-6 * gradient * gradient));
        }
      }
    }
  }

  @Test
  void onlyRowsThatMissedAStepAreBehind() {
    StepLag lag = new StepLag(4, 10, BETA1, BETA2, DECAY, 0);
    assertThat(lag.behind()).isEmpty();

    lag.stepped(1e-3, new long[] {1, 3});
    assertThat(lag.behind()).containsExactly(0, 2);
    assertThat(lag.behind(new long[] {1, 2})).containsExactly(2);

    lag.settle(new long[] {2});
    assertThat(lag.behind()).containsExactly(0);
  }

  @Test
  void aRestoredLagSaysTheSame() {
    // Given
    StepLag lag = new StepLag(3, 10, BETA1, BETA2, DECAY, 7);
    lag.stepped(1e-3, new long[] {0});
    lag.stepped(2e-3, new long[] {1});

    // When
    StepLag restored = new StepLag(3, 10, BETA1, BETA2, DECAY, 9);
    restored.restore(lag.state());

    // Then
    assertThat(restored.behind()).isEqualTo(lag.behind()).containsExactly(0, 2);
    assertThat(restored.coefficients(new long[] {0, 2}))
        .isDeepEqualTo(lag.coefficients(new long[] {0, 2}));
  }

  private static double rate(int step) {
    return 1e-3 * (1 + 0.1 * (step % 7)); // not constant: each step counts with its own
  }

  /** One element under AdamW. */
  private static final class Row {
    private double weight;
    private double first;
    private double second;

    Row(double weight) {
      this.weight = weight;
    }

    Row copy() {
      Row copy = new Row(weight);
      copy.first = first;
      copy.second = second;
      return copy;
    }

    void step(long step, double rate, double gradient) {
      first = BETA1 * first + (1 - BETA1) * gradient;
      second = BETA2 * second + (1 - BETA2) * gradient * gradient;
      double root = Math.sqrt(second / (1 - Math.pow(BETA2, step)));
      weight *= 1 - rate * DECAY;
      weight -= rate * first / (1 - Math.pow(BETA1, step)) / (root + EPSILON);
    }

    void catchUp(float[] lag) {
      double moved = 0;
      for (int column = 3; column < lag.length; column += 2) {
        moved += lag[column] * first / (lag[column + 1] * Math.sqrt(second) + EPSILON);
      }
      weight = weight * lag[0] - moved;
      first *= lag[1];
      second *= lag[2];
    }
  }
}
