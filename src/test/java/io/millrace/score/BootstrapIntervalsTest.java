package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BootstrapIntervalsTest {

  /** Limits of 500 resamples scatter so far around those of many, as parts of their distance. */
  private static final double SCATTER = 0.15;

  @ParameterizedTest
  @MethodSource("io.millrace.score.QualityTest#cases")
  void limitsAreNearThoseOfABootstrapOfScikitLearnsScores(JsonNode known) {
    JsonNode expected = known.get("bootstrap");

    BootstrapIntervals found =
        BootstrapIntervals.of(
            Sample.of(QualityTest.predictions(known), known.get("labels").asInt()));

    near(found.macroF1(), expected.get("macroF1"));
    near(found.weightedF1(), expected.get("weightedF1"));
    near(found.mcc(), expected.get("mcc"));
    near(found.rocAuc(), expected.get("rocAuc"));
    near(found.prAuc(), expected.get("prAuc"));
  }

  private static void near(Interval found, JsonNode expected) {
    if (expected.isNull()) {
      assertThat(found).isEqualTo(Interval.UNDEFINED);
      return;
    }
    double low = expected.get(0).asDouble();
    double high = expected.get(1).asDouble();
    assertThat(found.low()).isCloseTo(low, within(SCATTER * (high - low)));
    assertThat(found.high()).isCloseTo(high, within(SCATTER * (high - low)));
  }

  @Test
  void about95OfAHundredIntervalsHoldTheScoreOfAllExamplesThereCouldBe() {
    // Given a model whose scores on very many examples are known
    SplittableRandom random = new SplittableRandom(7);
    Sample all = Sample.of(draw(100_000, random), 3);
    SetScores truth = all.scores(all.once());

    // When it is scored on 300 of them, again and again
    int sets = 200;
    int[] held = new int[5];
    for (int set = 0; set < sets; set++) {
      BootstrapIntervals found = BootstrapIntervals.of(Sample.of(draw(300, random), 3));
      held[0] += holds(found.macroF1(), truth.macroF1());
      held[1] += holds(found.weightedF1(), truth.weightedF1());
      held[2] += holds(found.mcc(), truth.mcc());
      held[3] += holds(found.rocAuc(), truth.rocAuc());
      held[4] += holds(found.prAuc(), truth.prAuc());
    }

    // Then: 190 are asked for; fewer than 180 or more than 199 of a true 95% come up once in 800
    assertThat(IntStream.of(held).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(180, 199));
  }

  private static int holds(Interval interval, double value) {
    return interval.low() <= value && value <= interval.high() ? 1 : 0;
  }

  /** Of three classes, a half, a third and a sixth of the examples; the true one is favoured. */
  private static List<Prediction> draw(int examples, SplittableRandom random) {
    return IntStream.range(0, examples)
        .mapToObj(
            i -> {
              int six = random.nextInt(6);
              int label = six < 3 ? 0 : six < 5 ? 1 : 2;
              float[] logits = new float[3];
              for (int j = 0; j < 3; j++) {
                logits[j] = (float) random.nextGaussian() + (j == label ? 1.5f : 0);
              }
              return Prediction.of(logits, label);
            })
        .toList();
  }

  @Test
  void withoutAMistakeNothingIsKnownOfF1() {
    List<Prediction> right =
        IntStream.range(0, 40)
            .mapToObj(i -> Prediction.of(new float[] {i % 2 == 0 ? 2 : 0, 1}, i % 2))
            .toList();

    assertThat(BootstrapIntervals.of(Sample.of(right, 2))).isEqualTo(BootstrapIntervals.UNDEFINED);
    assertThat(BootstrapIntervals.of(Sample.of(List.of(), 2)))
        .isEqualTo(BootstrapIntervals.UNDEFINED);
  }

  @Test
  void theSamePredictionsHaveTheSameIntervals() {
    List<Prediction> predictions = draw(50, new SplittableRandom(3));

    assertThat(BootstrapIntervals.of(Sample.of(predictions, 3)))
        .isEqualTo(BootstrapIntervals.of(Sample.of(predictions, 3)));
  }

  @Test
  void anExampleThatCountsThriceIsAsThreeOfIt() {
    // Given
    List<Prediction> predictions = draw(30, new SplittableRandom(5));
    int[] times = IntStream.range(0, 30).map(i -> i % 4).toArray();
    List<Prediction> repeated =
        IntStream.range(0, 30)
            .boxed()
            .flatMap(i -> Stream.generate(() -> predictions.get(i)).limit(times[i]))
            .toList();

    // When
    SetScores weighted = Sample.of(predictions, 3).scores(times);
    Sample whole = Sample.of(repeated, 3);
    SetScores listed = whole.scores(whole.once());

    // Then
    assertThat(weighted)
        .usingRecursiveComparison()
        .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1, Double.class)
        .isEqualTo(listed);
  }
}
