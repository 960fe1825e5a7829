package io.millrace.heldout;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.LabelSet;
import io.millrace.example.Target;
import io.millrace.score.Evaluation;
import io.millrace.score.Prediction;
import io.millrace.score.Scorer;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.tokenize.HeldOutExample;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrequentialScoreTest {

  private static final LabelSet LABELS = new LabelSet(List.of("a", "b"));
  private static final Instant NOON = Examples.NOON;

  @Test
  void itForgetsWhatLeftItsWindow() {
    PrequentialScore score = new PrequentialScore(Labels.TASK, 2);
    assertThat(score.accuracy()).isNaN();
    assertThat(score.evaluation(LABELS)).isEmpty();

    score.add(List.of(before(0, 1, 3), before(0, 0, 1), before(1, 1, 2)));

    assertThat(score.accuracy()).isEqualTo(1);
    assertThat(score.loss()).isEqualTo(1.5);
    assertThat(score.constantAccuracy()).isEqualTo(0.5);
  }

  @Test
  void itHasEveryScoreWithItsCountItsEventTimesAndIntervals() {
    // Given the answers to three examples, which came in another order than they happened
    PrequentialScore score = new PrequentialScore(Labels.TASK, 10);
    float[][] logits = {{2, 0}, {0, 1}, {1, 0}};
    int[] labels = {0, 1, 1};
    for (int i = 0; i < labels.length; i++) {
      score.add(List.of(predicted(logits[i], labels[i], NOON.plusSeconds(i * (1 - i)))));
    }

    // When
    Evaluation found = score.evaluation(LABELS).orElseThrow();

    // Then they are those of the held-out examples with these answers
    List<Prediction> predictions =
        List.of(
            Prediction.of(logits[0], 0), Prediction.of(logits[1], 1), Prediction.of(logits[2], 1));
    List<HeldOutExample> examples =
        List.of(Examples.heldOut(0, 4, 0), Examples.heldOut(1, 4, 1), Examples.heldOut(2, 4, 1));
    Evaluation expected = Scorer.evaluation(predictions, examples, LABELS);
    assertThat(found.examples()).isEqualTo(3);
    assertThat(found.loss()).isEqualTo(expected.loss()).isEqualTo(score.loss());
    assertThat(found.quality()).isEqualTo(expected.quality());
    assertThat(found.classes()).isEqualTo(expected.classes());
    assertThat(found.oldest()).contains(NOON.minusSeconds(2));
    assertThat(found.newest()).contains(NOON);
    assertThat(found.confusion()).isEmpty();
  }

  @Test
  void whatAnOlderCheckpointKeptCountsForTheLossAndTheAccuracyOnly() {
    PrequentialScore score = new PrequentialScore(Labels.TASK, 10);
    score.add(List.of(before(0, 1, 3)));
    assertThat(score.evaluation(LABELS)).isEmpty();

    score.add(List.of(predicted(new float[] {1, 0}, 0, NOON)));

    assertThat(score.accuracy()).isEqualTo(0.5);
    assertThat(score.evaluation(LABELS).orElseThrow().examples()).isEqualTo(1);
    assertThat(score.evaluation(LABELS).orElseThrow().accuracy()).isEqualTo(1);
  }

  private static PrequentialEntry predicted(float[] row, int label, Instant at) {
    return PrequentialEntry.of(Labels.TASK.score(row, new Target.Label(label)), at);
  }

  private static PrequentialEntry before(int label, int predicted, double loss) {
    return new PrequentialEntry(new Target.Label(label), predicted, loss, Optional.empty(), null);
  }
}
