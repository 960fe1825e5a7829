package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.example.LabelSet;
import io.millrace.testing.Examples;
import io.millrace.tokenize.HeldOutExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against scikit-learn's values; the script that made them lies beside them. */
class QualityTest {

  private static final double NEAR = 1e-9;

  static Stream<JsonNode> cases() throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    new ObjectMapper()
        .readTree(QualityTest.class.getResourceAsStream("/scores/scores.json"))
        .forEach(cases::add);
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyScoreAgreesWithScikitLearn(JsonNode expected) {
    // Given
    int labels = expected.get("labels").asInt();

    // When
    Evaluation found = evaluation(predictions(expected), labels);

    // Then
    same(found.accuracy(), expected.get("accuracy"));
    same(found.macroF1(), expected.get("macroF1"));
    same(found.quality().microF1(), expected.get("microF1"));
    same(found.quality().weightedF1(), expected.get("weightedF1"));
    same(found.quality().mcc(), expected.get("mcc"));
    same(found.quality().brier(), expected.get("brier"));
    same(found.quality().calibrationError(), expected.get("calibrationError"));
    same(found.quality().rocAuc(), expected.get("rocAuc"));
    same(found.quality().prAuc(), expected.get("prAuc"));
    for (int label = 0; label < labels; label++) {
      same(found.classes().get(label).rocAuc(), expected.get("classRocAuc").get(label));
      same(found.classes().get(label).prAuc(), expected.get("classPrAuc").get(label));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossPrecisionRecallAndF1AreThoseCountedFromTheSameAnswers(JsonNode expected) {
    // Given
    int labels = expected.get("labels").asInt();
    List<Prediction> predictions = predictions(expected);
    Evaluation found = evaluation(predictions, labels);

    // Then
    double loss = 0;
    for (int row = 0; row < predictions.size(); row++) {
      double truth =
          expected
              .get("probabilities")
              .get(row)
              .get(expected.get("truth").get(row).asInt())
              .asDouble();
      loss -= Math.log(truth) / predictions.size();
    }
    assertThat(found.loss()).isCloseTo(loss, within(NEAR));
    double f1 = 0;
    int present = 0;
    for (int label = 0; label < labels; label++) {
      int own = label;
      long truths = predictions.stream().filter(p -> p.label() == own).count();
      long answers = predictions.stream().filter(p -> p.scored().predicted() == own).count();
      long hits =
          predictions.stream().filter(p -> p.label() == own && p.scored().correct()).count();
      ClassScore score = found.classes().get(label);
      assertThat(score.support()).isEqualTo(truths);
      isShare(score.precision(), score.precisionInterval(), hits, answers);
      isShare(score.recall(), score.recallInterval(), hits, truths);
      if (truths > 0) {
        assertThat(score.f1()).isCloseTo(2.0 * hits / (truths + answers), within(NEAR));
        f1 += score.f1();
        present++;
      }
    }
    assertThat(expected.get("macroF1").asDouble()).isCloseTo(f1 / present, within(NEAR));
  }

  private static void isShare(double value, Interval interval, long part, long whole) {
    if (whole == 0) {
      assertThat(value).isNaN();
      assertThat(interval).isEqualTo(Interval.UNDEFINED);
    } else {
      assertThat(value).isEqualTo((double) part / whole);
      assertThat(interval).isEqualTo(Interval.ofShare(part, whole));
    }
  }

  private static List<SliceScore> slices(
      List<HeldOutExample> examples, List<Prediction> predictions) {
    return SliceScore.of(
        examples.stream().map(HeldOutExample::slice).toList(),
        examples.stream().map(HeldOutExample::eventTime).toList(),
        predictions);
  }

  @Test
  void theBrierScoresIntervalIsThatOfAMean() {
    // Given distances of 0.5 and 2 from the truth
    Evaluation found =
        evaluation(
            List.of(
                new Prediction(new Scored(0, 0, 0), new float[] {0.5f, 0.5f}),
                new Prediction(new Scored(0, 1, 0), new float[] {0, 1})),
            2);

    assertThat(found.quality().brier()).isEqualTo(1.25);
    assertThat(found.quality().brierInterval()).isEqualTo(Interval.ofMean(new double[] {0.5, 2}));
  }

  @Test
  void intervalsHaveTheirTextbookValues() {
    // Wilson's 95% for 81 of 263: Newcombe 1998, table I
    Interval share = Interval.ofShare(81, 263);
    assertThat(share.low()).isCloseTo(0.2553, within(5e-5));
    assertThat(share.high()).isCloseTo(0.3662, within(5e-5));
    // Mean 3 of 1 to 5: s = 1.5811, t(4) = 2.776445, so 3 -+ 1.963243
    Interval mean = Interval.ofMean(new double[] {1, 2, 3, 4, 5});
    assertThat(mean.low()).isCloseTo(1.036757, within(1e-6));
    assertThat(mean.high()).isCloseTo(4.963243, within(1e-6));
    assertThat(Interval.ofShare(0, 0).low()).isNaN();
    assertThat(Interval.ofMean(new double[] {1}).high()).isNaN();
  }

  @Test
  void slicesAreTheMostFrequentValuesAndTheRest() {
    // Given 22 values, the first of them twice, and one example without any
    List<HeldOutExample> examples = new ArrayList<>();
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String slice = i == 22 ? "s00" : "s%02d".formatted(i);
      examples.add(sliced(i, i == 23 ? Optional.empty() : Optional.of(slice)));
      predictions.add(Prediction.of(new float[] {i == 22 ? 5 : 0, 1}, 1));
    }

    // When
    List<SliceScore> slices = slices(examples, predictions);

    // Then
    assertThat(slices).hasSize(21);
    assertThat(slices.get(0).slice()).isEqualTo("s00");
    assertThat(slices.get(0).examples()).isEqualTo(2);
    assertThat(slices.get(0).accuracy()).isEqualTo(0.5);
    double[] losses = {Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(4))};
    assertThat(slices.get(0).loss()).isCloseTo((losses[0] + losses[1]) / 2, within(NEAR));
    assertThat(slices.get(0).lossInterval().low())
        .isCloseTo(Interval.ofMean(losses).low(), within(NEAR));
    assertThat(slices.get(0).oldest()).contains(Examples.NOON);
    assertThat(slices.get(0).newest()).contains(Examples.NOON.plusSeconds(22));
    assertThat(slices.get(1).slice()).isEqualTo("(none)");
    assertThat(slices.get(20).slice()).isEqualTo("(other)");
    assertThat(slices.stream().mapToLong(SliceScore::examples).sum()).isEqualTo(24);
    assertThat(slices(examples.subList(23, 24), predictions.subList(23, 24))).isEmpty();
  }

  private static HeldOutExample sliced(int offset, Optional<String> slice) {
    HeldOutExample like = Examples.heldOut(offset, 4, 1);
    return new HeldOutExample(
        like.id(),
        like.text(),
        like.target(),
        like.eventTime().plusSeconds(offset),
        like.position(),
        slice);
  }

  private static Evaluation evaluation(List<Prediction> predictions, int labels) {
    return Scorer.evaluation(
        predictions,
        IntStream.range(0, predictions.size()).mapToObj(i -> Examples.heldOut(i, 4, 0)).toList(),
        new LabelSet(IntStream.range(0, labels).mapToObj(i -> "label " + i).toList()));
  }

  static List<Prediction> predictions(JsonNode expected) {
    List<Prediction> predictions = new ArrayList<>();
    for (int row = 0; row < expected.get("truth").size(); row++) {
      predictions.add(
          prediction(
              expected.get("truth").get(row).asInt(), expected.get("probabilities").get(row)));
    }
    return predictions;
  }

  private static Prediction prediction(int label, JsonNode row) {
    float[] probabilities = new float[row.size()];
    int answer = 0;
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = (float) row.get(i).asDouble();
      answer = probabilities[i] > probabilities[answer] ? i : answer;
    }
    return new Prediction(
        new Scored(label, answer, -Math.log(probabilities[label])), probabilities);
  }

  private static void same(double found, JsonNode expected) {
    if (expected.isNull()) {
      assertThat(found).isNaN();
    } else {
      assertThat(found).isCloseTo(expected.asDouble(), within(NEAR));
    }
  }
}
