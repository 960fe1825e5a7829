package io.millrace.web.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.control.AnswerOutcome;
import io.millrace.drift.DriftSignal;
import io.millrace.drift.DriftSignal.Detector;
import io.millrace.drift.DriftSignal.Level;
import io.millrace.event.MetricRecord;
import io.millrace.testing.Examples;
import io.millrace.web.Fakes;
import io.millrace.web.history.MetricsHistory.Curves;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MetricsHistoryTest {

  private final MetricsHistory history =
      new MetricsHistory(Fakes.settings(Map.of("millrace.web.history-points", "4")));

  @Test
  void stepsAndEvaluationsBecomePoints() {
    // When
    history.accept(Fakes.step(1, 0.7));
    history.accept(Fakes.evaluated(1, Optional.of(1L)));

    // Then
    Curves curves = history.curves();
    assertThat(curves.steps()).containsExactly(StepPoint.of(Fakes.step(1, 0.7)));
    assertThat(curves.evaluations())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.accuracy()).isEqualTo(0.9);
              assertThat(point.constantAccuracy()).isEqualTo(0.6);
              assertThat(point.published()).contains(1L);
            });
  }

  @Test
  void mergedStepsShowTheirMeanLossAndTheLastPosition() {
    // When
    for (int step = 1; step <= 4; step++) {
      history.accept(Fakes.step(step, step));
    }

    // Then
    assertThat(history.curves().steps()).hasSize(2);
    StepPoint newest = history.curves().steps().get(1);
    assertThat(newest.step()).isEqualTo(4);
    assertThat(newest.examples()).isEqualTo(128);
    assertThat(newest.steps()).isEqualTo(2);
    assertThat(newest.loss()).isCloseTo(3.5, within(1e-9));
  }

  @Test
  void aRefusedStepDoesNotSpoilTheMean() {
    // When
    history.accept(Fakes.step(1, Double.NaN));
    history.accept(Fakes.step(2, 0.5));
    history.accept(Fakes.step(3, 0.4));
    history.accept(Fakes.step(4, Double.NaN));

    // Then
    assertThat(history.curves().steps()).extracting(StepPoint::loss).containsExactly(0.5, 0.4);
  }

  @Test
  void mergedEvaluationsAreTheLastOfThemWithWhatWasDecidedThen() {
    // When
    history.accept(Fakes.evaluated(1, Optional.of(1L)));
    for (int step = 2; step <= 8; step++) {
      history.accept(Fakes.evaluated(step, Optional.empty()));
    }

    // Then no point tells one evaluation's version and another's decision
    assertThat(history.curves().evaluations())
        .hasSizeLessThanOrEqualTo(4)
        .allSatisfy(
            point ->
                assertThat(point)
                    .isEqualTo(
                        EvaluationPoint.of(Fakes.evaluated(point.step(), Optional.empty()))));

    // And the version's mark is kept where nothing is merged
    assertThat(history.curves().changes().get(0).published()).contains(1L);
  }

  @Test
  void theLastEvaluationsAreKeptOneByOne() {
    // When
    for (int step = 1; step <= 60; step++) {
      history.accept(Fakes.evaluated(step, Optional.empty()));
    }

    // Then
    assertThat(history.curves().recentEvaluations())
        .extracting(EvaluationPoint::step)
        .containsExactlyElementsOf(LongStream.rangeClosed(11, 60).boxed().toList());
  }

  @Test
  void anEvaluationWithoutAGoldenSetHasNoAccuracyOnIt() {
    history.accept(Fakes.evaluated(1, Optional.empty()));

    EvaluationPoint point = history.curves().evaluations().get(0);
    assertThat(point.goldenExamples()).isZero();
    assertThat(point.goldenAccuracy()).isNaN();
  }

  @Test
  void whatWasDecidedSignalledAndAnsweredIsKeptInOrderAndUnmerged() {
    // Given
    MetricRecord.Drifted drifted =
        new MetricRecord.Drifted(
            "default",
            Examples.NOON,
            3,
            new DriftSignal(Detector.ADWIN, Level.DRIFT, 0.7, 0.1, 96, List.of()));
    MetricRecord.Commanded commanded =
        new MetricRecord.Commanded(
            "default",
            Examples.NOON,
            4,
            "id",
            "pause",
            AnswerOutcome.DONE,
            "training waits",
            Optional.empty(),
            Optional.empty());

    // When
    for (long step = 1; step <= 8; step++) {
      history.accept(Fakes.evaluated(step, Optional.of(step)));
    }
    history.accept(drifted);
    history.accept(commanded);

    // Then
    Curves curves = history.curves();
    assertThat(curves.changes())
        .extracting(EvaluationPoint::published)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 8).mapToObj(Optional::of).toList());
    assertThat(curves.drifts()).containsExactly(drifted);
    assertThat(curves.commands()).containsExactly(commanded);
    assertThat(curves.lastEvaluation()).contains(Fakes.evaluated(8, Optional.of(8L)).brief());
  }
}
