package io.millrace.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.MetricRecord;
import io.millrace.score.ClassScore;
import io.millrace.score.Confusion;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.storage.Json;
import io.millrace.testing.Evaluations;
import io.millrace.testing.Versions;
import io.millrace.web.Fakes;
import io.millrace.web.history.EvaluationsResource;
import io.millrace.web.history.MetricsHistory;
import io.millrace.web.problem.RefusedException;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent again and again does not grow with the square of a thousand labels. */
class ManyLabelsTest {

  private static final int LABELS = 1_000;

  private final MetricsHistory history = new MetricsHistory(Fakes.settings(Map.of()));
  private final EvaluationsResource resource = new EvaluationsResource(history);

  @Test
  void whatEachReaderGetsOfAnEvaluationIsSmall() throws Exception {
    // Given
    EventHub hub = new EventHub(Fakes.settings(Map.of()), Runnable::run);
    AssertSubscriber<EventHub.LiveEvent> reader =
        hub.open(() -> {}).subscribe().withSubscriber(AssertSubscriber.create(9));
    MetricRecord.Evaluated evaluated = evaluated();
    assertThat(bytes(evaluated)).isGreaterThan(2_000_000);

    // When
    hub.accept(evaluated);
    history.accept(evaluated);

    // Then
    assertThat(bytes(reader.getItems().get(0).data())).isLessThan(100_000);
    assertThat(bytes(history.curves())).isLessThan(100_000);
    assertThat(bytes(evaluated.candidate().brief())).isLessThan(40_000); // in each status
    assertThat(evaluated.candidate().brief().classes())
        .hasSize(50)
        .allSatisfy(score -> assertThat(score.support()).isGreaterThanOrEqualTo(950));
    assertThat(history.topConfusions())
        .hasSize(10)
        .startsWith(
            new Confusion("label-7", "label-8", 90, 7), new Confusion("label-1", "label-2", 80, 1));
  }

  @Test
  void theWholeOfTheLastEvaluationHasAnEndpoint() {
    assertThatThrownBy(resource::latest)
        .isInstanceOf(RefusedException.class)
        .hasMessage("No evaluation was made since this process started");
    MetricRecord.Evaluated evaluated = evaluated();
    history.accept(evaluated);

    assertThat(resource.latest()).isEqualTo(evaluated);
    EvaluationsResource.ConfusionReport whole = resource.confusion(true);
    assertThat(whole.candidate().matrix()).contains(evaluated.candidate().confusion());
    assertThat(whole.candidate().labels()).hasSize(LABELS);
    assertThat(whole.champion().orElseThrow().version()).contains(3L);
    EvaluationsResource.ConfusionReport brief = resource.confusion(false);
    assertThat(brief.candidate().matrix()).isEmpty();
    assertThat(brief.candidate().top()).isEqualTo(history.topConfusions());
  }

  @Test
  void ofFewLabelsTheBriefFormHasAllButTheMatrix() {
    Evaluation few = Versions.evaluation(0.9);

    assertThat(few.brief()).isEqualTo(few.withoutConfusion());
    assertThat(Confusion.largest(few.brief(), 10)).isEmpty();
  }

  private static int bytes(Object value) throws Exception {
    return Json.MAPPER.writeValueAsBytes(value).length;
  }

  private static MetricRecord.Evaluated evaluated() {
    MetricRecord.Evaluated small = Fakes.evaluated(8, Optional.empty());
    Evaluation many = evaluation();
    return new MetricRecord.Evaluated(
        small.model(),
        small.time(),
        small.step(),
        many,
        Optional.of(many),
        Optional.of(many.withoutConfusion()),
        Optional.of(many.withoutConfusion()),
        Optional.of(many.withoutConfusion()),
        Optional.of(3L),
        small.published(),
        small.outcome(),
        small.decision(),
        small.test(),
        small.regression(),
        small.seconds());
  }

  /** Label i has i examples. */
  private static Evaluation evaluation() {
    List<List<Long>> confusion = new ArrayList<>();
    for (int i = 0; i < LABELS; i++) {
      List<Long> row = new ArrayList<>(Collections.nCopies(LABELS, 0L));
      row.set(i, (long) i);
      row.set((i + 1) % LABELS, i == 1 ? 80L : i == 7 ? 90L : 1L);
      confusion.add(row);
    }
    return Evaluations.like(Versions.evaluation(0.9))
        .labels(
            IntStream.range(0, LABELS)
                .mapToObj(
                    i ->
                        new ClassScore(
                            "label-" + i,
                            i,
                            0.9,
                            0.8,
                            0.85,
                            0.9,
                            0.9,
                            Interval.UNDEFINED,
                            Interval.UNDEFINED))
                .toList())
        .confusion(confusion)
        .build();
  }
}
