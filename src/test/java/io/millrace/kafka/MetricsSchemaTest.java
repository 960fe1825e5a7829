package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.control.AnswerOutcome;
import io.millrace.drift.DriftAction;
import io.millrace.drift.DriftSignal;
import io.millrace.event.MetricRecord;
import io.millrace.example.Partition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.TestResult;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.testing.Evaluations;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsSchemaTest {

  private static final Evaluation EVALUATION =
      Evaluations.evaluation()
          .examples(2)
          .loss(0.5)
          .accuracy(0.5)
          .macroF1(Double.NaN)
          .constantAccuracy(0.5)
          .priorLoss(0.69)
          .label("ham", 2, Double.NaN, 0, Double.NaN)
          .confusion(List.of(List.of(2L)))
          .from(Examples.NOON, Optional.empty())
          .build();
  private static final JsonSchemas SCHEMA = JsonSchemas.load("metric-record");

  @Test
  void everyRecordFollowsTheSchema() throws IOException {
    follows(
        "step",
        new MetricRecord.StepDone(
            "mail",
            Examples.NOON,
            7,
            224,
            32,
            500,
            512,
            List.of(16, 16),
            1,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            true,
            5e-5,
            0.4,
            0.9,
            new Interval(0.86, Double.NaN),
            0.6,
            1.5,
            0,
            1,
            Optional.empty(),
            new MetricRecord.Replayed(true, 32, 1, 500)));
    follows(
        "chunk",
        new MetricRecord.ChunkClosed(
            "mail",
            Examples.NOON,
            7,
            1,
            256,
            12,
            "waited",
            Map.of(new Partition("millrace.examples", 0), 268L),
            3));
    follows(
        "drift",
        new MetricRecord.Drifted(
            "mail",
            Examples.NOON,
            7,
            new DriftSignal(
                DriftSignal.Detector.ADWIN,
                DriftSignal.Level.DRIFT,
                0.7,
                0.002,
                1_234,
                List.of(DriftAction.REWARM))));
    follows(
        "command",
        new MetricRecord.Commanded(
            "mail",
            Examples.NOON,
            7,
            "c-1",
            "roll-back",
            AnswerOutcome.REFUSED,
            "there is no version 9",
            Optional.of("alice"),
            Optional.of("control-0@3")));
    follows(
        "evaluated",
        new MetricRecord.Evaluated(
            "mail",
            Examples.NOON,
            7,
            EVALUATION,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(1L),
            EvaluationOutcome.PUBLISH,
            "published as the first",
            Optional.empty(),
            Optional.empty(),
            0.5));
    follows(
        "evaluated",
        new MetricRecord.Evaluated(
            "mail",
            Examples.NOON,
            7,
            EVALUATION,
            Optional.of(EVALUATION),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(1L),
            Optional.empty(),
            EvaluationOutcome.HOLD,
            "held",
            Optional.of(
                new TestResult(
                    TestResult.Mode.NON_INFERIOR, 500, -0.004, 0.02, 3, 5, 2, 0.012, 0.0042)),
            Optional.empty(),
            0.5));
  }

  @Test
  void anotherRecordDoesNot() {
    assertThat(SCHEMA.errors("{\"type\": \"surprise\"}")).isNotEmpty();
  }

  @Test
  void evaluationsAreDescribedAsInTheVersionEvent() {
    assertThat(SCHEMA.definition("evaluation"))
        .isEqualTo(JsonSchemas.load("version-published").definition("evaluation"));
  }

  private static void follows(String definition, MetricRecord record) throws IOException {
    String json = new String(MetricsJson.bytes(record), StandardCharsets.UTF_8);
    assertThat(SCHEMA.errors(json)).isEmpty();
    assertThat(SCHEMA.fields("/$defs/" + definition))
        .containsExactlyInAnyOrderElementsOf(
            new ObjectMapper()
                .readTree(json).properties().stream().map(Map.Entry::getKey).toList());
  }
}
