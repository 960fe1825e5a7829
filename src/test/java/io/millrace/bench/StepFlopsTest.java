package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import org.junit.jupiter.api.Test;

/**
 * Counted by hand for one text of two tokens, H = 2 with one head, I = 3, two layers, two labels.
 *
 * <p>One layer forward: Q, K, V and output are four products [2,2][2,2], each of four dot products
 * of length 2, 16 operations, together 64. Scores and values are [2,2][2,2] each: 32. The
 * feed-forward is [2,2][2,3], six dot products of length 2, and [2,3][3,2], four of length 3: 24 +
 * 24. Sum: 144. The head is [1,2][2,2] twice: 16.
 */
class StepFlopsTest {

  private static final BertConfig CONFIG =
      new BertConfig(10, 2, 2, 1, 3, 8, 2, 1e-12, 0, 0, Pooling.CLS);

  @Test
  void aFullStepIsThreeTimesItsForwardPass() {
    assertThat(new StepFlops(CONFIG, 2, 0).of(1, 2)).isEqualTo(3 * (2 * 144 + 16));
  }

  @Test
  void aFrozenLayerHasNoBackwardAndTheOneAboveItNoInputGradient() {
    // forward of two layers, backward of one without the input gradients of Q, K and V, the head
    assertThat(new StepFlops(CONFIG, 2, 1).of(1, 2))
        .isEqualTo(2 * 144 + (2 * 144 - 3 * 16) + 3 * 16);
  }

  @Test
  void examplesCountAloneAndTokensSeeEachOther() {
    StepFlops flops = new StepFlops(CONFIG, 2, 0);

    assertThat(flops.of(5, 2)).isEqualTo(5 * flops.of(1, 2));
    // four tokens: per layer twice the projections and feed-forward, four times the attention
    assertThat(flops.of(1, 4)).isEqualTo(3 * (2 * (2 * 112 + 4 * 32) + 16));
  }
}
