package io.millrace.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.gate.Scores;
import io.millrace.score.Evaluation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelVersionTest {

  /** 0.75 of its golden set is correct; the best of those before it had 0.8. */
  private static final ModelVersion VERSION = Scores.version(2, List.of());

  @Test
  void theBestOfItsLineageCounts() {
    assertThat(VERSION.bestGoldenOn(VERSION.golden().orElseThrow())).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void whatWasLostCountsOnAGoldenSetThatHasGrown() {
    Evaluation larger = Scores.of(0.2, 0.69, 20, 21);

    assertThat(VERSION.bestGoldenOn(larger)).isCloseTo(larger.accuracy() + 0.05, within(1e-12));
  }
}
