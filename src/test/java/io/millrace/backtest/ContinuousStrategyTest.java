package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tokenize.BatchSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContinuousStrategyTest {

  @Test
  void aLongStreamHasTheServicesChunks() {
    assertThat(ContinuousStrategy.chunkExamples(6000, batch())).isEqualTo(128);
    assertThat(ContinuousStrategy.chunkExamples(5120, batch())).isEqualTo(128);
  }

  @Test
  void aShortOneHasFortyOrAsManyAsABatchLeaves() {
    assertThat(ContinuousStrategy.chunkExamples(4000, batch())).isEqualTo(100);
    assertThat(ContinuousStrategy.chunkExamples(300, batch())).isEqualTo(32);
  }

  @Test
  void itHasLearnedAllOfTheFirstTenthWhereTheComparisonBegins() {
    assertThat(stops(300)).startsWith(30, 62, 94).endsWith(300);
    assertThat(stops(2000)).startsWith(50, 100, 150, 200, 250);
  }

  private static List<Integer> stops(int size) {
    EventStream stream = Streams.of(size, place -> place % 10 == 3, place -> 0);
    List<Integer> stops = new ArrayList<>();
    ContinuousStrategy arm =
        new ContinuousStrategy(stream, batch(), null, examples -> {}); // owns nothing
    for (int stop = arm.nextStop(0); stop < size; stop = arm.nextStop(stop)) {
      stops.add(stop);
    }
    stops.add(size);
    return stops;
  }

  private static BatchSettings batch() {
    return new BatchSettings() {
      @Override
      public int maxExamples() {
        return 32;
      }

      @Override
      public int maxTokens() {
        return 2048;
      }

      @Override
      public int chunkExamples() {
        return 128;
      }

      @Override
      public Duration chunkMaxWait() {
        return Duration.ofSeconds(15);
      }
    };
  }
}
