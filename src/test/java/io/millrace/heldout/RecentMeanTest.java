package io.millrace.heldout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentMeanTest {

  private final RecentMean mean = new RecentMean(2);

  @Test
  void thereIsNoneBeforeTheFirstValue() {
    assertThat(mean.mean()).isNaN();
  }

  @Test
  void theLastValuesCountByTheirWeightAndOlderOnesNoMore() {
    mean.add(1, 1);
    mean.add(4, 2);
    assertThat(mean.mean()).isEqualTo(3);

    mean.add(7, 1);
    assertThat(mean.mean()).isEqualTo(5);
  }
}
