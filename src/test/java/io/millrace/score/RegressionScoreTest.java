package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RegressionScoreTest {

  private static final double[] TRUTH = {
    1.79, 0.44, 0.1, -0.35, -0.28, -0.35, -0.08, -0.63, -0.04, -0.48, -1.31, 0.88
  };
  private static final double[] PREDICTED = {
    1.7, 1.2, -1.0, -1.5, -0.5, -1.0, 0.4, -1.0, -0.6, -0.4, -0.2, 0.7
  };

  @Test
  void itAgreesWithScikitLearnAndScipyAlsoWhereRanksAreShared() {
    RegressionScore score = RegressionScore.of(PREDICTED, TRUTH);

    // mean_squared_error, mean_absolute_error, pearsonr, spearmanr, t.interval
    assertThat(score.examples()).isEqualTo(12);
    assertThat(score.mse()).isCloseTo(0.46174166666666666, within(1e-12));
    assertThat(score.mae()).isCloseTo(0.5625, within(1e-12));
    assertThat(score.pearson()).isCloseTo(0.7171686248046744, within(1e-12));
    assertThat(score.spearman()).isCloseTo(0.5361627077413879, within(1e-12));
    assertThat(score.mseInterval().low()).isCloseTo(0.13784983295025333, within(1e-9));
    assertThat(score.mseInterval().high()).isCloseTo(0.78563350038308, within(1e-9));
  }

  @Test
  void whatIsUndefinedIsNaN() {
    RegressionScore none = RegressionScore.of(new double[0], new double[0]);
    RegressionScore constant = RegressionScore.of(new double[] {1, 1}, new double[] {0, 2});

    assertThat(none.mse()).isNaN();
    assertThat(none.mae()).isNaN();
    assertThat(none.pearson()).isNaN();
    assertThat(constant.mse()).isEqualTo(1);
    assertThat(constant.pearson()).isNaN();
    assertThat(constant.spearman()).isNaN();
  }

  @Test
  void constantsWhoseMeanIsRoundedAndValuesThatAreNotFiniteHaveNoCorrelation() {
    // Given a mean of 0.1 that is not quite 0.1
    double[] constant = {0.1, 0.1, 0.1};
    double[] other = {1, 2, 4};

    assertThat(RegressionScore.of(constant, other).pearson()).isNaN();
    assertThat(RegressionScore.of(other, constant).pearson()).isNaN();
    assertThat(RegressionScore.of(other, constant).spearman()).isNaN();
    for (double broken : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      RegressionScore score = RegressionScore.of(new double[] {1, broken, 3}, other);
      assertThat(score.pearson()).isNaN();
      assertThat(score.spearman()).isNaN();
    }
  }

  @Test
  void everyExampleNeedsOnePrediction() {
    assertThatThrownBy(() -> RegressionScore.of(new double[1], new double[2]))
        .hasMessage("1 predictions of 2 examples");
  }
}
