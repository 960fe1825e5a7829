package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PublicationsTest {

  @Test
  void aPromotionIsWrongWhereTheNextTwoHundredSayThatItIsWorse() {
    Publications made =
        new Publications(
            5,
            1,
            0,
            List.of(
                new Publications.Judged(1, 100, 200, 0.6, 0.7, Double.NaN, Double.NaN),
                new Publications.Judged(2, 200, 200, 0.5, 0.8, 0.6, 0.7),
                new Publications.Judged(3, 300, 200, 0.6, 0.8, 0.5, 0.7),
                new Publications.Judged(4, 400, 200, 0.7, 0.6, 0.6, 0.7),
                new Publications.Judged(5, 500, 199, 0.9, 0.1, 0.6, 0.7)));

    assertThat(made.judged()).as("neither the first nor one with 199 behind it").isEqualTo(3);
    assertThat(made.wrongByLoss()).isEqualTo(2);
    assertThat(made.wrongByAccuracy()).isEqualTo(1);
  }
}
