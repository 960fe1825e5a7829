package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchStrategyTest {

  private final EventStream stream = Streams.of(1000, place -> place % 10 == 3, place -> 0);

  @Test
  void trainingsLieEquallyManyExamplesApartFromTheEndOfTheFirstTenthOn() {
    assertThat(stops(4)).containsExactly(100, 325, 550, 775, 1000);
  }

  @Test
  void withOneTrainingTheModelIsFrozenBehindTheFirstTenth() {
    assertThat(stops(1)).containsExactly(100, 1000);
  }

  @Test
  void eachTrainingTakesThreePassesOverAllSeenSoFarWithoutTheHeldOutOnes() {
    // 90 % of 100, 325, 550 and 775 (rounded by which places are held out), three times
    assertThat(BatchStrategy.expected(stream, 4)).isEqualTo(3 * (90 + 292 + 495 + 697));
  }

  private List<Integer> stops(int trainings) {
    List<Integer> stops = new ArrayList<>();
    try (BatchStrategy arm = new BatchStrategy(stream, trainings, labels -> null, examples -> {})) {
      for (int stop = arm.nextStop(0); stop < stream.size(); stop = arm.nextStop(stop)) {
        stops.add(stop);
      }
    }
    stops.add(stream.size());
    return stops;
  }
}
