package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.example.LabelSet;
import io.millrace.heldout.GoldenSet;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScorerTest {

  private static final LabelSet LABELS = new LabelSet(List.of("a", "b", "c"));

  @Test
  void scoresAgreeWithValuesComputedByHand() {
    // Given 4 of a (3 right, 1 taken for b) and 2 of b (1 right, 1 taken for a); none of c
    List<Prediction> predictions =
        List.of(
            answered(0, 0, 0.1),
            answered(0, 0, 0.2),
            answered(0, 0, 0.3),
            answered(0, 1, 1.0),
            answered(1, 1, 0.4),
            answered(1, 0, 2.0));
    List<HeldOutExample> examples =
        IntStream.range(0, 6).mapToObj(i -> Examples.heldOut(i, 4, 0)).toList();

    // When
    Evaluation evaluation = Scorer.evaluation(predictions, examples, LABELS);

    // Then
    assertThat(evaluation.examples()).isEqualTo(6);
    assertThat(evaluation.loss()).isCloseTo(4.0 / 6, within(1e-12));
    assertThat(evaluation.accuracy()).isCloseTo(4.0 / 6, within(1e-12));
    assertThat(evaluation.constantAccuracy()).isCloseTo(4.0 / 6, within(1e-12));
    // entropy of (2/3, 1/3)
    assertThat(evaluation.priorLoss()).isCloseTo(0.6365141682948128, within(1e-12));
    assertThat(evaluation.classes().get(0).precision()).isCloseTo(0.75, within(1e-12));
    assertThat(evaluation.classes().get(0).recall()).isCloseTo(0.75, within(1e-12));
    assertThat(evaluation.classes().get(1).f1()).isCloseTo(0.5, within(1e-12));
    assertThat(evaluation.macroF1()).isCloseTo(0.625, within(1e-12));
    assertThat(evaluation.confusion())
        .containsExactly(List.of(3L, 1L, 0L), List.of(1L, 1L, 0L), List.of(0L, 0L, 0L));
    assertThat(evaluation.newest()).contains(Examples.NOON);
  }

  @Test
  void whatIsUndefinedIsNaN() {
    Evaluation none = Scorer.evaluation(List.of(), List.of(), LABELS);
    Evaluation one =
        Scorer.evaluation(List.of(answered(0, 0, 0.5)), List.of(Examples.heldOut(0, 4, 0)), LABELS);

    assertThat(none.accuracy()).isNaN();
    assertThat(none.loss()).isNaN();
    assertThat(none.macroF1()).isNaN();
    assertThat(one.classes().get(1).precision()).isNaN();
    assertThat(one.classes().get(1).recall()).isNaN();
    assertThat(one.macroF1()).isEqualTo(1);
  }

  @Test
  void crossEntropyIsStableForLargeLogits() {
    Scored scored = Scored.of(new float[] {1000f, 998f}, 1);

    // ln(1 + e^2) by hand
    assertThat(scored.loss()).isCloseTo(2.1269280110429727, within(1e-9));
    assertThat(scored.predicted()).isZero();
    assertThat(scored.correct()).isFalse();
  }

  @Test
  void aFrozenModelSeesEachExampleOnce() {
    // Given
    List<Integer> rows = new ArrayList<>();
    Function<TokenMatrix, float[][]> model =
        tokens -> {
          rows.add(tokens.rows());
          return new float[tokens.rows()][3];
        };
    HeldOutWindow window = new HeldOutWindow(3, new GoldenSet(0, 0));
    HeldOutEvaluator.FrozenScores frozen =
        new HeldOutEvaluator(Labels.TASK, 2, () -> LABELS).frozen(model);
    for (int i = 0; i < 3; i++) {
      window.add(Examples.heldOut(i, 4, 0));
    }

    // When
    frozen.evaluate(window.examples());
    window.add(Examples.heldOut(3, 4, 1));
    Evaluation second = frozen.evaluate(window.examples());

    // Then
    assertThat(rows).containsExactly(2, 1, 1);
    assertThat(second.examples()).isEqualTo(3);
    assertThat(second.classes().get(1).support()).isEqualTo(1);
  }

  @Test
  void aModelWithTheWeightsOfAnotherScoresOnlyWhatThatOneDidNot() {
    // Given
    HeldOutEvaluator evaluator = new HeldOutEvaluator(Labels.TASK, 2, () -> LABELS);
    HeldOutEvaluator.FrozenScores first = evaluator.frozen(tokens -> new float[][] {{9, 0, 0}});
    HeldOutExample known = Examples.heldOut(0, 4, 0);
    HeldOutExample unknown = Examples.heldOut(1, 4, 1);
    first.evaluate(List.of(known));

    // When
    HeldOutEvaluator.FrozenScores second =
        evaluator.frozen(
            tokens -> {
              assertThat(tokens.rows()).isEqualTo(1);
              return new float[][] {{0, 9, 0}};
            },
            first);

    // Then
    assertThat(second.scored(List.of(known, unknown)))
        .extracting(one -> one.headline())
        .containsExactly(1.0, 1.0);
  }

  @Test
  void aModelIsWrongAboutALabelThatWasAddedBehindItAndStaysFinite() {
    // Given a model of two labels that is certain, and an example of the third
    HeldOutEvaluator.FrozenScores frozen =
        new HeldOutEvaluator(Labels.TASK, 2, () -> LABELS)
            .frozen(tokens -> new float[][] {{90, 0}, {90, 0}});

    // When
    Evaluation evaluation =
        frozen.evaluate(List.of(Examples.heldOut(0, 4, 0), Examples.heldOut(1, 4, 2)));

    // Then
    assertThat(evaluation.accuracy()).isEqualTo(0.5);
    assertThat(evaluation.loss()).isCloseTo(-Math.log(1e-15) / 2, within(1e-9));
    assertThat(evaluation.classes().get(2).recall()).isZero();
    assertThat(evaluation.classes().get(2).rocAuc()).isEqualTo(0.5);
    assertThat(evaluation.quality().brier()).isEqualTo((0.0 + 2.0) / 2);
  }

  private static Prediction answered(int label, int answer, double loss) {
    float[] probabilities = new float[3];
    probabilities[answer] = 1;
    return new Prediction(new Scored(label, answer, loss), probabilities);
  }
}
