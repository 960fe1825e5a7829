package io.millrace.backtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.backtest.BacktestResult;
import io.millrace.backtest.EventStream;
import io.millrace.backtest.LeftOut;
import io.millrace.backtest.Measured;
import io.millrace.backtest.PredictionLog;
import io.millrace.backtest.PrequentialRun;
import io.millrace.backtest.Streams;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReportMakerTest {

  private static final Offset<Double> ROUNDING = within(1e-12);
  private static final Map<String, LeftOut> LEFT_OUT =
      Map.of("UNDECODABLE", new LeftOut(3, "line 7: not JSON"));

  private static final int TRAININGS = 2;
  private static final Map<String, String> SETTINGS = Map.of("training.seed", "42");

  /** Every tenth is held out; the label is 1 in the first half and 0 in the second. */
  private final EventStream stream =
      Streams.of(1000, place -> place % 10 == 3, place -> place < 500 ? 1 : 0);

  @Test
  void accuracyBeginsBehindTheFirstTenthAndIsOfTheExamplesThatAreTrainedOn() {
    // Given an arm that is right in the second tenth only, and one in the first only
    StreamReport report =
        report(List.of(arm("a", p -> p >= 100 && p < 200), arm("b", p -> p < 100)));

    // Then
    assertThat(report.stream().compared()).isEqualTo(810);
    assertThat(report.stream().heldOut()).isEqualTo(100);
    assertThat(report.arms().get(0).accuracy().mean()).isCloseTo(90.0 / 810, ROUNDING);
    assertThat(report.arms().get(1).accuracy().mean()).isZero();
    assertThat(means(report.arms().get(0))).containsExactly(0., 1., 0., 0., 0., 0., 0., 0., 0., 0.);
    assertThat(means(report.arms().get(1))).containsExactly(1., 0., 0., 0., 0., 0., 0., 0., 0., 0.);
  }

  @Test
  void whatWasNotPredictedIsUndefined() {
    PredictionLog none = new PredictionLog(stream.size());
    for (int place = 100; place < 1000; place++) {
      none.set(place, true);
    }

    StreamReport report = report(List.of(measured("a", none), arm("b", p -> true)));

    assertThat(report.arms().get(0).byTenth().get(0).mean()).isNaN();
    assertThat(report.arms().get(0).accuracy().mean()).isEqualTo(1);
  }

  @Test
  void eachOfTheServicesArmsIsComparedWithFrozenAndFromScratch() {
    // Given
    StreamReport report =
        report(
            List.of(
                arm("frozen", p -> p < 400),
                arm("from scratch", p -> p < 900),
                arm("continuous", p -> p < 600)));

    // Then of 810 examples ours has 180 more than the first and 270 less than the second
    assertThat(report.differences())
        .extracting(StreamReport.Difference::to)
        .containsExactly("frozen", "from scratch");
    assertThat(report.differences().get(0).accuracy().mean()).isCloseTo(180.0 / 810, ROUNDING);
    assertThat(report.differences().get(1).accuracy().mean()).isCloseTo(-270.0 / 810, ROUNDING);
    assertThat(report.verdicts()).extracting(Verdict::met).containsExactly(true, false);
  }

  @Test
  void aReportOfTheFirstArmsSaysThatItIsNotComplete() {
    StreamReport report =
        report(List.of(arm("frozen", p -> p < 400), arm("continuous", p -> true)));

    assertThat(report.verdicts()).extracting(Verdict::to).containsExactly("frozen");
    assertThat(ReportFiles.table(report)).contains("not complete");
  }

  @Test
  void armsThatPredictedOtherExamplesAreNotCompared() {
    PredictionLog fewer = new PredictionLog(stream.size());
    fewer.set(500, true);

    assertThatThrownBy(
            () ->
                report(
                    List.of(arm("frozen", p -> true), arm("b", p -> true), measured("c", fewer))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("only one of the two predicted the example at 100");
  }

  @Test
  void theConstantAnswerKnowsOnlyWhatCameBefore() {
    // Label 1 leads until as many of label 0 came, which is never before the end: right in 100..499
    StreamReport report = report(List.of(arm("a", p -> true), arm("b", p -> true)));

    assertThat(report.constant()).isCloseTo(360.0 / 810, ROUNDING);
  }

  @Test
  void whatIsForgottenIsTheBestBeforeTheEndLessTheEnd() {
    assertThat(StrategyReport.forgotten(List.of(Double.NaN, 0.75, 0.5, 0.25))).isEqualTo(0.5);
    assertThat(StrategyReport.forgotten(List.of(0.25, 0.5, 0.75))).isEqualTo(-0.25);
    assertThat(StrategyReport.forgotten(List.of(Double.NaN, Double.NaN, 0.5))).isNaN();
  }

  @Test
  void theTableAndThePictureHaveEveryArm() {
    StreamReport report =
        report(
            List.of(
                arm("frozen", p -> p < 400),
                arm("continuous", p -> true),
                arm("<no> replay", p -> true)));

    assertThat(ReportFiles.table(report))
        .contains(
            "frozen",
            "<no> replay",
            "81",
            "lower end above 0",
            "<no> replay is +66.67 points",
            "3 lines, UNDECODABLE, as line 7: not JSON")
        .doesNotContain("not complete");
    assertThat(AccuracyPicture.of(report))
        .startsWith("<svg")
        .contains("&lt;no", "33.33%")
        .containsPattern("(?s)(<polyline.*){3}");
  }

  private StreamReport report(List<Measured> measured) {
    return new ReportMaker(stream, new BlockBootstrap(50, 1000, 42))
        .of(
            new BacktestResult(
                "a & b.jsonl",
                stream,
                LEFT_OUT,
                /* complete= */ measured.size() > 2,
                TRAININGS,
                SETTINGS,
                measured));
  }

  private Measured arm(String name, IntPredicate right) {
    PredictionLog hits = new PredictionLog(stream.size());
    stream
        .toTrain(0, stream.size())
        .forEach(
            example -> {
              int place = (int) example.position().offset();
              hits.set(place, right.test(place));
            });
    return measured(name, hits);
  }

  private static Measured measured(String name, PredictionLog hits) {
    return new Measured(
        name,
        Map.of(),
        new PrequentialRun(hits, Collections.nCopies(10, 0.5), 0.5),
        1,
        Optional.empty(),
        0,
        1);
  }

  private static List<Double> means(StrategyReport arm) {
    return arm.byTenth().stream().map(Interval::mean).toList();
  }
}
