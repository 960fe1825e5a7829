package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference is itself checked, since the production code is measured by it. */
class ReferenceBertTest {

  private static final int COORDINATES = 4;
  private static final double STEP = 1e-5;

  @ParameterizedTest
  @EnumSource
  void handDerivedGradientsEqualCentralDifferencesOnEveryTensor(Pooling pooling) {
    // Given
    BertConfig config = TinyBert.config(0).with(pooling);
    ReferenceTensors tensors = new ReferenceTensors(ParityCase.randomWeights(config));
    ReferenceBert bert = new ReferenceBert(config, tensors);
    TokenBatch batch = ParityCase.batch(4, 9);

    // When
    bert.lossAndGradients(batch);

    // Then at the largest coordinate of each tensor and at some others
    Random random = new Random(1);
    tensors
        .gradients()
        .forEach(
            (name, gradient) -> {
              for (int n = 0; n < COORDINATES; n++) {
                int at = n == 0 ? largest(gradient) : random.nextInt(gradient.length);
                double slope = slope(bert, batch, tensors.value(name), at);
                assertThat(gradient[at])
                    .as("%s[%d]", name, at)
                    .isCloseTo(slope, within(1e-6 * Math.abs(slope) + 1e-9));
              }
            });
  }

  @Test
  void theErrorFunctionHasItsTabulatedValues() {
    // Abramowitz and Stegun, table 7.1
    assertThat(ReferenceGelu.erf(0.5)).isCloseTo(0.5204998778, within(1e-10));
    assertThat(ReferenceGelu.erf(1)).isCloseTo(0.8427007929, within(1e-10));
    assertThat(ReferenceGelu.erf(-2)).isCloseTo(-0.9953222650, within(1e-10));
    assertThat(ReferenceGelu.erf(9)).isEqualTo(1);
  }

  @Test
  void paddingChangesNothing() {
    // Given a batch whose shortest text is padded
    BertConfig config = TinyBert.config(0);
    ReferenceBert bert =
        new ReferenceBert(config, new ReferenceTensors(ParityCase.randomWeights(config)));
    TokenBatch batch = ParityCase.batch(7, 0);
    double[][] together = bert.logits(batch.tokens());
    assertThat(batch.tokens().tokens()).isLessThan(batch.tokens().paddedTokens());

    for (int row = 0; row < batch.size(); row++) {
      // When
      TokenBatch single = TokenBatch.of(batch.examples().subList(row, row + 1));

      // Then
      assertThat(bert.logits(single.tokens())[0]).containsExactly(together[row], within(1e-12));
    }
  }

  private static double slope(ReferenceBert bert, TokenBatch batch, double[] weights, int at) {
    double before = weights[at];
    weights[at] = before + STEP;
    double above = bert.loss(batch);
    weights[at] = before - STEP;
    double below = bert.loss(batch);
    weights[at] = before;
    return (above - below) / (2 * STEP);
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }
}
